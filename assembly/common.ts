// The ABI of the common binary, which all others have too. Addresses are bytes into linear memory; sizes are elements, strides
// bytes. `Plan` and `Run` are addresses.

export { planBytes, planOpen } from "./layers/table";
export { planDense } from "./layers/dense";
export { logarithms } from "./layers/rbf";
export { planBind, planOutput, planParameters, planSlab, planWorkspace } from "./passes/plan";
export { planSlabs, samplesBytes, samplesOpen, samplesWeight, evaluate, objectiveGradient } from "./passes/evaluate";
export {
  runBytes, runOpen, runUpdate, runRates, runBatch, runBatches, runDropped, runEpoch, runFeed, runPiece, runLossSum, runWeighs,
  runWeightSum, runPosition, runPositionAfter,
} from "./steps/run";
export { runSteps } from "./steps/paths";
export { updateRecall, updateMemory } from "./rules/state";
export { updateExtras } from "./rules/around";
export { sgdOpen } from "./rules/sgd";
export { adaptiveOpen } from "./rules/adaptive";

export { jobBytes, jobSet, placeBytes, placeSet } from "./tasks/job";
export { taskAside, taskCommit, taskResume, taskRun } from "./tasks/tasks";
export { isFused } from "./vec";
export { words, uniforms, normals, permutation } from "./kernels/random";
export { copy, fill, scale, axpy, dot, total, largestMagnitude, norm, columnSums } from "./kernels/blas1";
export { gemm, gemmScratch } from "./kernels/gemm";
export { softmax, logSoftmax } from "./kernels/softmax";
