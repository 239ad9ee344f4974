// What the binaries keep inside, for tests and benchmarks that call it from outside: parts of activations and losses, orders,
// the normal matrix. compile.mjs builds it, once per precision and instruction set.

export { activate, needsInput, secondDerivative, timesDerivative } from "../../assembly/activations/activation";
export {
  lossCurvature, lossFactor, lossRoot, lossSlope, lossTangent, lossValue, throughInput,
} from "../../assembly/losses/loss";
export { normalMatrix } from "../../assembly/kernels/factor";
export { draw, emphasisBytes, emphasisEpoch, emphasisOpen, noteLoss } from "../../assembly/orders/emphasis";
