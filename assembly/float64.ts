// The ABI of the float64 binary: what both have, and linear algebra that float32 is too coarse for.

export * from "./index";
export { symmetricEigen, eigenScratch } from "./kernels/eigen";
