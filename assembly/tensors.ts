// The ABI of the binary that computes with TensorFlow.js's tensors, in float32 and with its arithmetic.

export { gemm, gemmScratch } from "./kernels/gemm";
export { addRow } from "./tensors/bias";
export { activate, activationBackward } from "./tensors/activation";
export { softmax } from "./kernels/softmax";
