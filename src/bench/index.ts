// What benchmarks share: the ladder, the machine's limits, statistics, and the short ladder. Built apart from the library, which
// it is given.

export { Activation as ACTIVATIONS, Loss as LOSSES } from '../../build/codes.js';
export { LADDER, MOMENTUM, RATE, parameters, samples, products, traffic, uniforms } from './ladder.js';
export { DEFAULT, NUMERICS, PRECISIONS, bandwidthLoops, limitLoops } from './limit.js';
export { slugOf } from './machine.js';
export { prepareOwn } from './own.js';
export { calibrate, timed } from './rounds.js';
export { shortLadder, shortLimits, shortRungs, shortTable } from './short.js';
export { medianInterval, pairedRatio, summary } from './statistics.js';
