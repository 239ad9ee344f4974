// What may go around an update rule: rates of each weight's own, and the average of weights.

export { rateMultipliers } from '../../rates/per-weight.js';
export { WeightAverage } from './weight-average.js';
