// Reading model files, whatever they turn out to hold: loaded where there is one.

export { fromBytes, fromJSON, fromObject } from './document-reader.js';
export { readable } from './fields.js';
export { configured, restored } from './restoring.js';
