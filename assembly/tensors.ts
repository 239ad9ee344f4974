// The ABI of the binary that computes with TensorFlow.js's tensors, in float32 and with its arithmetic.

export { columnSums, fill, scale, times } from "./kernels/blas1";
export { gemm, gemmScratch } from "./kernels/gemm";
export { normals, permutation } from "./kernels/random";
export { logSoftmax, softmax } from "./kernels/softmax";
export { batchNormBackward, batchNormForward } from "./layers/batch-norm";
export { dropout } from "./layers/dropout";
export { layerNormBackward, layerNormForward } from "./layers/layer-norm";
export { addNoise } from "./layers/noise";
export { normGradient } from "./layers/norm";
export { gather } from "./passes/samples";

export { binaryAccuracy, categoricalAccuracy, sparseCategoricalAccuracy } from "./tensors/accuracy";
export { activate, activationBackward } from "./tensors/activation";
export { alphaDropout } from "./tensors/disturbance";
export {
  binaryCrossentropy, hinge, kullbackLeiblerDivergence, logcosh, meanAbsoluteError, meanAbsolutePercentageError,
  meanSquaredError, meanSquaredLogarithmicError, poisson, squaredHinge,
} from "./tensors/losses";
export {
  categoricalCrossentropy, categoricalHinge, cosineProximity, sparseCategoricalCrossentropy,
} from "./tensors/losses/rows";
export { batchMoments, inverseDeviations } from "./tensors/norm";
export { adadelta, adagrad, adam, adamax, momentum, rmsprop, sgd } from "./tensors/optimizers";
export { penalty } from "./tensors/penalty";
export { prelu, preluBackward } from "./tensors/prelu";
export { logSoftmaxBackward, softmaxBackward } from "./tensors/softmax";

// For kernels of TensorFlow.js's, one by one.
export { batchNorm } from "./tensors/batch-norm";
export { binary } from "./tensors/binary";
export { bothTrue, choose, compare, integersOf, numbersOfBytes, numbersOfIntegers } from "./tensors/compare";
export { addChannelErrors, addChannelGradients, addPatches, convolveChannels, patches } from "./tensors/convolve";
export { areFinite, mendConvolution, mendProduct } from "./tensors/finite";
export { copyRows, gatherRows, transpose } from "./tensors/move";
export { maxPool, maxPoolBackward, meanPool, meanPoolBackward } from "./tensors/pool";
export { extremePlaces, extremes, sums } from "./tensors/reduce";
export { agreed, products, running } from "./tensors/scan";
export { unary } from "./tensors/unary";
