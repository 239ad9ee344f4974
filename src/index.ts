// The public names.

export { Network } from './network/network.js';
export type { NetworkOptions } from './network/options.js';
export type { Evaluation } from './evaluation/evaluation.js';
export {
  Classifier,
  type ClassifierEvaluation,
  type ClassifierOptions,
  type ClassifierRunOptions,
} from './estimators/classifier.js';
export {
  type PredictionOf,
  Regressor,
  type RegressorEvaluation,
  type RegressorOptions,
  type RegressorRunOptions,
  type TargetsOf,
} from './estimators/regressor.js';
export type { RowChunk, RowChunks } from './estimators/chunks.js';
export type { LabelOf } from './estimators/classifier.js';
export type { EstimatorHistory, EstimatorOptions, FitProgress, PartialFitOptions, RunOptions } from './estimators/options.js';
export type { Recipe } from './estimators/recipe.js';
export type { Candidate, Choice } from './estimators/choice.js';
export type { ColumnSpec } from './data/column-spec.js';
export type { Limits, Sentinel } from './data/extremes.js';
export type { Scaling } from './data/spread.js';
export type { Squash } from './data/squash.js';
export type { Cell } from './data/column.js';
export type { Row, Rows, Samples, TypedRow } from './data/table.js';
export { type AnyModel, loadModel } from './load-model.js';
export type { ModelSource } from './format/loading.js';
export { init, type InitOptions } from './runtime/init.js';
export type { SaveOptions } from './network/model.js';
export type { Metadata, ModelJSON, ModelObject, ReadingOptions } from './format/document.js';
export {
  type BatchNormLayer,
  type BatchNormOptions,
  type DenseLayer,
  type DenseOptions,
  type DropoutLayer,
  type GaussianNoiseLayer,
  type Layer,
  type LayerNormLayer,
  type LayerNormOptions,
  type RbfInitializer,
  type RbfLayer,
  type RbfOptions,
  batchNorm,
  dense,
  dropout,
  gaussianNoise,
  layerNorm,
  rbf,
} from './layers/layers.js';
export { dataset, type Dataset, type DatasetOptions } from './data/dataset.js';
export { type Growing, type GrowingOptions, type LastBatch, growing } from './data/batches.js';
export { type Emphasis, type EmphasisOptions, type Order, emphasize } from './data/orders.js';
export {
  type Accumulation,
  type MinMaxOptions,
  type Normalization,
  type ScaleOptions,
  normalize,
} from './data/normalize/normalize.js';
export type { DecorrelateOptions } from './data/normalize/decorrelation.js';
export type { Normalized, Normalizer, NormalizerJSON } from './data/normalize/normalizer.js';
export { type Calibrated, type EncodeOptions, type EncodedTargets, targets } from './data/targets.js';
export type { Label, LabelsLike } from './data/classes.js';
export type { HeadOptions } from './estimators/head.js';
export { type CrossValidateOptions, type CrossValidation, type Fold, crossValidate } from './validate/cross-validate.js';
export type { HeldMetric, ProbabilityMetric } from './validate/held-predictions.js';
export {
  type ColumnKey,
  type Importance,
  type PartialDependence,
  type PartialDependenceOptions,
  type PermutationImportanceOptions,
  partialDependence,
  permutationImportance,
} from './validate/importance.js';
export type { DecidingOptions } from './validate/decisive.js';
export { type LearningCurveOptions, type LearningPoint, learningCurve } from './validate/learning-curve.js';
export {
  GridSearch,
  RandomSearch,
  type Grid,
  type OfGrid,
  type RandomSearchOptions,
  type SearchOptions,
  type Settings,
  type Trial,
} from './validate/search.js';
export type { Drawn, Range, Space } from './validate/space.js';
export { type BiasVariance, type BiasVarianceOptions, biasVariance } from './validate/bias-variance.js';
export type { Decomposition } from './validate/decomposition.js';
export type { Learner, Truths } from './validate/subject.js';
export type { Summary } from './validate/summary.js';
export type { Curvature } from './curvature/curvature.js';
export type {
  DiagonalOptions,
  EstimatedDiagonal,
  HessianOptions,
  PrincipalOptions,
  Spectrum,
  SpectrumOptions,
  SquareMatrix,
} from './curvature/options.js';
export { type Histogram, type PictureOptions, histogram, spectrumPicture } from './curvature/histogram.js';
export type { Principal } from './eigen/power.js';
export { type MinimizeOptions, minimize } from './solve/minimize.js';
export type { MinimizeMethod } from './solve/choices.js';
export {
  type Band,
  type BandOptions,
  type CurveFitOptions,
  type CurveModel,
  type FittedCurve,
  curveFit,
} from './solve/curve-fit.js';
export type { Bounds } from './solve/box.js';
export type { ResidualLoss } from './solve/robust.js';
export { type LeastSquaresOptions, leastSquares } from './solve/least-squares.js';
export type { LeastSquaresMinimum } from './solve/squares-fit.js';
export type { Minimum, SolveOptions, SolveReason } from './solve/options.js';
export { type LevenbergMarquardtOptions, levenbergMarquardt } from './methods/levenberg-marquardt.js';
export {
  type BfgsOptions,
  type ConjugateGradientOptions,
  type LbfgsOptions,
  type LineSearchOptions,
  type ScaledConjugateGradientOptions,
  type SecondOrderOptions,
  bfgs,
  conjugateGradient,
  lbfgs,
  oneStepSecant,
  scaledConjugateGradient,
} from './methods/quasi-newton.js';
export { type GaussNewtonOptions, type NewtonOptions, gaussNewton, newton } from './methods/newton.js';
export { schedules } from './rates/schedules.js';
export type { Moment, Schedule } from './rates/schedule.js';
export type {
  CosineOptions,
  ExponentialOptions,
  InverseOptions,
  SearchThenConvergeOptions,
  StepOptions,
} from './rates/schedules.js';
export { type AdaGradOptions, adaGrad } from './methods/ada-grad.js';
export { type AdadeltaOptions, adadelta } from './methods/adadelta.js';
export { type AdaHessianOptions, adaHessian } from './methods/ada-hessian.js';
export { type AdamOptions, adam, adamW, nadam } from './methods/adam.js';
export { type AdamaxOptions, adamax } from './methods/adamax.js';
export { type AutoRate, type AutoRateOptions, autoRate } from './methods/descent/auto-rate.js';
export { type DeltaBarDeltaOptions, deltaBarDelta } from './methods/delta-bar-delta.js';
export type { BatchMethod } from './methods/descent/first-order.js';
export { type GdxOptions, gdx } from './methods/gdx.js';
export { type LionOptions, lion } from './methods/lion.js';
export { type MurataOptions, murata } from './methods/murata.js';
export { type QuickpropOptions, quickprop } from './methods/quickprop.js';
export { type RmsPropOptions, rmsProp } from './methods/rms-prop.js';
export { type Rprop, type RpropOptions, type RpropVariant, rprop } from './methods/rprop.js';
export { sgd, type PerWeight, type Sgd, type SgdOptions } from './methods/sgd.js';
export { type SophiaOptions, sophia } from './methods/sophia.js';
export { type StochasticDiagonalOptions, stochasticDiagonalLM } from './methods/stochastic-diagonal.js';
export { type SuperSabOptions, superSAB } from './methods/super-sab.js';
export type { Chosen, Method, MethodOf, Regularisation } from './methods/method.js';
export type { Clip, EarlyStopping, FitOptions, Progress } from './training/options.js';
export type { History, StopReason } from './training/history.js';
export type { Chunk, Chunks } from './training/chunks.js';
export type { ClassMetrics, MetricAlias, MetricName, NumberMetrics } from './evaluation/metrics.js';
export type { MatrixLike, NumericArray, ShapedArray } from './data/matrix.js';
export type { Activation, TargetValues } from './layers/activations.js';
export type { CustomInitializer, Initializer, NamedInitializer } from './layers/initializers.js';
export {
  initializers,
  type IdentityOptions,
  type TruncatedNormalOptions,
  type VarianceScalingOptions,
} from './layers/parametric-initializers.js';
export type { CustomLoss } from './layers/custom-loss.js';
export type { Loss, LossAlias } from './layers/losses.js';
export type { Duration } from './runtime/duration.js';
export type { Numerics } from '../bindings/core.js';
export type { Precision } from '../bindings/memory.js';
export type { WasmSource } from '../bindings/load.js';
export {
  DataError,
  DisposedError,
  EfficientBackpropError,
  FileError,
  LoadError,
  ModelFileError,
  NotFittedError,
  OptionError,
  OutOfMemoryError,
  UnsupportedError,
  WorkerLostError,
} from './runtime/errors.js';
