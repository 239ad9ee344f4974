// Every number with a meaning that TypeScript and the kernels share. scripts/codes.mjs writes the TypeScript from this file
// (build/codes.ts): each enum a table of names and codes, each constant a constant. Members have the names that users know, where
// users know them.

/** What a unit makes of its weighted sum: one file each in activations/. */
export const enum Activation {
  linear,
  tanh,
  lecunTanh,
  twistedTanh,
  sigmoid,
  relu,
  leakyRelu,
  elu,
  gelu,
  softplus,
  softmax,
  mish,
  selu,
  hardSigmoid,
  softsign,
  swish,
  relu6,
  thresholdedRelu,
  geluTanh,
}

/** What is minimised: one file each in losses/. */
export const enum Loss {
  meanSquaredError,
  meanAbsoluteError,
  binaryCrossEntropy,
  hinge,
  crossEntropy,
  logCosh,
  squaredHinge,
  categoricalHinge,
  kullbackLeiblerDivergence,
  poisson,
  cosineProximity,
  meanAbsolutePercentageError,
  meanSquaredLogarithmicError,
  /** And from here on: losses that the host computes, each with a number of its own. */
  custom,
}

/** ε of losses that divide by outputs or targets, or take their logarithms, as in Keras. */
export const LOSS_EPSILON: f64 = 1e-7;

/** How parameters move once their gradient is known: rules/. */
export const enum UpdateRule {
  plain,
  momentum,
  nesterov,
  adaGrad,
  rmsProp,
  adam,
  amsGrad,
  nadam,
  rpropMinus,
  rpropPlus,
  rpropImproved,
  rpropImprovedPlus,
  deltaBarDelta,
  superSAB,
  quickprop,
  murata,
  gdx,
  stochasticDiagonalLM,
  adaHessian,
  sophia,
  lion,
  adadelta,
  adamax,
}

/** murata without β: 1 − (1 − δ)^t up to which the mean of t gradients is too noisy to be the longest. */
export const LEAST_SHARE: f64 = 1 / 6.0;

/** What rules remember beside vectors, in the order in which model files list it. */
export const enum Remembered {
  loss,
  rate,
  peak,
  averaged,
  power,
  steps,
  start,
}

/** How weight decay acts: not, through the gradient, or on the weights alone. */
export const enum Decay {
  none,
  throughGradient,
  decoupled,
}

/**
 * What becomes of rows that do not fill all batches: as many batches of sizes that differ by one at most, the larger first; a
 * short last one; or the rest left out.
 */
export const enum LastBatch {
  even,
  short,
  drop,
}

/** What threads do together: tasks/. */
export const enum JobKind {
  evaluate,
  gradient,
  gradientAndDiagonal,
  diagonal,
  product,
  normalEquations,
  stepRows,
  stepKernels,
  stepPack,
}

/** Which diagonal of the Hessian: LeCun's recursion, the exact one, or that of the Gauss-Newton matrix. */
export const enum DiagonalKind {
  lecun,
  full,
  gaussNewton,
}

/**
 * How an operand of gemm is stored: as it stands in the product, or transposed; B also packed (packRowsB, packTransposedPart).
 */
export const enum Operand {
  plain,
  transposed,
  packed,
}

/** What the units of a network that learns pattern by pattern do with their sums: patterns/. */
export const enum PatternActivation {
  sigmoid,
  tanh,
  /** Two straight lines that meet at 0. */
  piecewise,
}

/** What a layer of TensorFlow.js's makes of a number: tensors/activation.ts. Softmax, which sees whole rows, stands apart. */
export const enum TensorActivation {
  linear,
  relu,
  relu6,
  /** min(s, max(0, y)) */
  clippedRelu,
  leakyRelu,
  thresholdedRelu,
  elu,
  selu,
  sigmoid,
  hardSigmoid,
  tanh,
  softplus,
  softsign,
  swish,
  mish,
  gelu,
  geluNew,
}

/** What a kernel of TensorFlow.js's makes of two numbers: tensors/binary.ts. Members have the kernels' names. */
export const enum TensorBinary {
  Add,
  Sub,
  Multiply,
  RealDiv,
  Maximum,
  Minimum,
  SquaredDifference,
  Pow,
  Prelu,
  EluGrad,
}

/** How one of TensorFlow.js's kernels compares two numbers: tensors/compare.ts. */
export const enum TensorComparison {
  Equal,
  NotEqual,
  Greater,
  GreaterEqual,
  Less,
  LessEqual,
}

/** What one of TensorFlow.js's kernels makes of a number, activations aside: tensors/unary.ts. */
export const enum TensorUnary {
  Abs,
  Neg,
  Square,
  Sqrt,
  Rsqrt,
  Reciprocal,
  Exp,
  Expm1,
  Log,
  Log1p,
  Sign,
  Floor,
  Ceil,
  Round,
  Erf,
  Step,
  ClipByValue,
}
