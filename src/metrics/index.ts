// Metrics as functions of truths and predictions: by scikit-learn's definitions, for anybody's predictions.

export {
  type Average,
  type AveragedOptions,
  type ConfusionMatrix,
  accuracy,
  balancedAccuracy,
  cohenKappa,
  confusionMatrix,
  f1,
  fBeta,
  matthewsCorrelation,
  precision,
  recall,
} from './classes.js';
export type { MetricOptions } from './given.js';
export {
  explainedVariance,
  maxError,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  meanSquaredLogError,
  medianAbsoluteError,
  poissonDeviance,
  quantileLoss,
  r2,
  rootMeanSquaredError,
} from './numbers.js';
export {
  type PositiveOptions,
  type PrecisionRecallCurve,
  type Reliability,
  type RocCurve,
  averagePrecision,
  brierScore,
  calibrationCurve,
  logLoss,
  precisionRecallCurve,
  rocAuc,
  rocCurve,
  topKAccuracy,
} from './probabilities.js';
export type { Label } from '../data/classes.js';
export { DataError, EfficientBackpropError, OptionError } from '../runtime/errors.js';
