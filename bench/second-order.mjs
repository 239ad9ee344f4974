// npm run bench:second-order: what second derivatives, and the methods that use them, cost. A part of `npm run bench`.

import { measureCurvature } from './curvature.mjs';
import { measureBesideScipy } from './scipy.mjs';
import { measureSolvers } from './solvers.mjs';
import { checks, show } from './targets.mjs';
import { DEFAULT, limitLoops } from '../dist/bench.js';

const limit = await limitLoops();
limit.measure('float64');
const { list, add } = checks();
await measureCurvature(limit, 12, add);
await measureSolvers(limit, 12, add);
await measureBesideScipy(12, add);
console.log(`limit in float64: ${limit.best[DEFAULT].float64.toFixed(1)} GFLOP/s`);
show(list);
