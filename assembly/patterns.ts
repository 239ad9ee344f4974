// The ABI of the binary whose networks learn pattern by pattern, in float32: what brain.js's users do.

export {
  networkActivation, networkBytes, networkError, networkKernel, networkLayer, networkMoments, networkOpen, networkPower1,
  networkPower2, networkTotal, networkVector,
} from "./patterns/network";
export { run } from "./patterns/forward";
export { calculateDeltas } from "./patterns/backward";
export { adjustAdam, adjustMomentum, trainAdam, trainMomentum } from "./patterns/train";
