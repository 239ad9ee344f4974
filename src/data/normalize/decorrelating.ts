// Decorrelation as estimators use it: loaded where they are asked for it, or a file has it.

export { decorrelate } from './normalize.js';
export { restored } from './normalizer.js';
