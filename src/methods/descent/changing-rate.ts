// Rates that change by the epoch or the step: loaded where a method has one.

export { ScheduledRate } from './scheduled-rate.js';
export { StepRates } from './step-rates.js';
