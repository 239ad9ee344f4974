// The ABI of the whole binaries: what the common one has, and the kinds of layers, orders, rules and diagonals that few programs
// use, and steps that threads share.

export * from "./common";
export { planRbf } from "./layers/rbf";
export { planBatchNorm } from "./layers/batch-norm";
export { planLayerNorm } from "./layers/layer-norm";
export { planDropout } from "./layers/dropout";
export { planNoise } from "./layers/noise";
export { runInterleave, runEmphasis } from "./steps/run";
export { interleaveBytes, interleave } from "./orders/interleave";
export { emphasisBytes, emphasisOpen } from "./orders/emphasis";
export { resilientOpen } from "./rules/resilient";
export { deltaBarDeltaOpen } from "./rules/delta-bar-delta";
export { superSabOpen } from "./rules/super-sab";
export { quickpropOpen } from "./rules/quickprop";
export { murataOpen } from "./rules/murata";
export { gdxOpen } from "./rules/gdx";
export { stochasticDiagonalOpen } from "./rules/stochastic-diagonal";
export { curvedMeanOpen } from "./rules/curved-mean";
export { lionOpen } from "./rules/lion";
export { adadeltaOpen } from "./rules/adadelta";

export {
  sharesRows, sharingBytes, sharingOpen, stepFirst, stepJob, stepPacks, stepRows, stepScale, stepScratch, stepTake, stepUpdate,
  stepUpdateAll, stepValue,
} from "./tasks/step";
export { deltaBytes } from "./tasks/sharing";
export { keptBytes } from "./tasks/parts";
export { packedOpen } from "./tasks/packed";
export { curvatureDiagonal, curvaturesBytes, curvaturesOpen } from "./curvature/diagonal";
