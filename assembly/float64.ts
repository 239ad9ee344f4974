// The ABI of the float64 binary: what both have, and linear algebra that float32 is too coarse for.

export * from "./index";
export { symmetricEigen, eigenScratch } from "./kernels/eigen";
export { curvatureProduct, tangentsBytes, tangentsOpen } from "./curvature/products";
export { gradientAndDiagonal } from "./curvature/diagonal";
export { dampedTriangularStep, foldRows } from "./kernels/qr";
export { jacobianRows, normalEquations, triangularEquations } from "./curvature/jacobian";
export { cholesky, choleskySolve, dampedStep, factorScratch, inverseDiagonal, rankTwoTimesVector } from "./kernels/factor";
