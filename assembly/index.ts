// The whole ABI. Addresses are bytes into linear memory; sizes are elements, strides bytes. `Plan` and `Run` are addresses.

export { planBytes, planOpen } from "./layers/table";
export { planDense } from "./layers/dense";
export { logarithms, planRbf } from "./layers/rbf";
export { planBatchNorm } from "./layers/batch-norm";
export { planLayerNorm } from "./layers/layer-norm";
export { planDropout } from "./layers/dropout";
export { planNoise } from "./layers/noise";
export { planBind, planOutput, planParameters, planSlab, planWorkspace } from "./passes/plan";
export { planSlabs, samplesBytes, samplesOpen, samplesWeight, evaluate, objectiveGradient } from "./passes/evaluate";
export {
  runBytes, runOpen, runUpdate, runRates, runBatch, runBatches, runDropped, runInterleave, runEmphasis, runEpoch, runFeed,
  runPiece, runLossSum, runWeighs, runWeightSum, runPosition, runPositionAfter,
} from "./steps/run";
export { runSteps } from "./steps/paths";
export { interleaveBytes, interleave } from "./orders/interleave";
export { emphasisBytes, emphasisOpen } from "./orders/emphasis";
export { updateRecall, updateMemory } from "./rules/state";
export { updateExtras } from "./rules/around";
export { sgdOpen } from "./rules/sgd";
export { adaptiveOpen } from "./rules/adaptive";
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

export { jobBytes, jobSet, placeBytes, placeSet } from "./tasks/job";
export {
  sharesRows, sharingBytes, sharingOpen, stepFirst, stepJob, stepPacks, stepRows, stepScale, stepScratch, stepTake, stepUpdate,
  stepUpdateAll, stepValue,
} from "./tasks/step";
export { deltaBytes } from "./tasks/sharing";
export { keptBytes } from "./tasks/parts";
export { packedOpen } from "./tasks/packed";
export { taskAside, taskCommit, taskResume, taskRun } from "./tasks/tasks";
export { isFused } from "./vec";
export { words, uniforms, normals, permutation } from "./kernels/random";
export { copy, fill, scale, axpy, dot, total, largestMagnitude, norm, columnSums } from "./kernels/blas1";
export { gemm, gemmScratch } from "./kernels/gemm";
export { softmax, logSoftmax } from "./kernels/softmax";
export { curvatureDiagonal, curvaturesBytes, curvaturesOpen } from "./curvature/diagonal";
