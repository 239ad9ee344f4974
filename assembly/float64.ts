// The ABI of the float64 binary: what both have, and linear algebra that float32 is too coarse for.

export * from "./index";
export { symmetricEigen, eigenScratch } from "./kernels/eigen";
export { curvatureProduct, tangentsBytes, tangentsOpen } from "./curvature/products";
export { gradientAndDiagonal } from "./curvature/diagonal";
export { jacobianRows } from "./curvature/jacobian";
export { cholesky, choleskySolve, factorScratch, matrixTimesVector, mirror, normalMatrix, rankTwoTimesVector } from "./kernels/factor";
