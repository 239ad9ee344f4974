// The ABI of the binary that fits curves for those who must not wait, in float64: what least squares need, and no more.

export { fill } from "./kernels/blas1";
export { dampedTriangularStep, foldRows } from "./kernels/qr";
export { choleskySolve } from "./kernels/factor";
