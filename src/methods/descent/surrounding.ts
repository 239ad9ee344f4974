// What may go around an update rule: rates of each weight's own, weights that stay, and the average of weights.

export { rateMultipliers } from '../../rates/per-weight.js';
export { multipliersOf } from './multipliers.js';
export { WeightAverage } from './weight-average.js';
