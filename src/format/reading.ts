// Reading model files, whatever they turn out to hold: loaded where there is one.

export { fromBytes, fromJSON } from './document-reader.js';
export { readable } from './fields.js';
export { networkFrom } from './network-reader.js';
export { stateFrom, withoutState } from './state-reader.js';
