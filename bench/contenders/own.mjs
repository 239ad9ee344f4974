// This package, on one thread, on two, and on as many as it finds worth while.

import { prepareOwn } from '../../dist/bench.js';
import * as library from '../../dist/index.js';

const name = 'efficient-backprop';

const contender = (title, threads) => ({ name: title, prepare: (rung, data) => prepareOwn(library, rung, data, threads) });

export const own = contender(name, 1);
export const two = contender('two threads', 2);
export const auto = contender("threads: 'auto'", 'auto');
