// What is done to inputs before a network sees them, in the order of the chapter's Figure 3; a program of its own, so that the
// library's does not judge itself.

import { dot, mean } from './sample.mjs';

const columns = (X) => X[0].map((_, i) => X.map((x) => x[i]));

export function centred(X) {
  const means = columns(X).map(mean);
  return X.map((x) => x.map((v, i) => v - means[i]));
}

export function scaled(X) {
  const Z = centred(X);
  const deviations = columns(Z).map((c) => Math.sqrt(mean(c.map((v) => v * v))));
  return Z.map((z) => z.map((v, i) => v / deviations[i]));
}

/** Λ^−½Uᵀ(x − mean), C = UΛUᵀ the covariance. */
export function decorrelated(X) {
  const Z = scaled(X);
  const C = Z[0].map((_, i) => Z[0].map((__, j) => mean(Z.map((z) => z[i] * z[j]))));
  const { values, vectors } = eigen(C);
  // What hardly varies is noise of rounding.
  const most = Math.max(...values);
  return Z.map((z) => vectors.map((u, k) => (values[k] > 1e-9 * most ? dot(u, z) / Math.sqrt(values[k]) : 0)));
}

/** Eigenvalues and eigenvectors (as rows) of a symmetric matrix by Jacobi's rotations. */
function eigen(C) {
  const A = C.map((row) => [...row]);
  const V = A.map((_, i) => A.map((_, j) => Number(i === j)));
  const n = A.length;
  for (let sweep = 0; sweep < 30; sweep++) {
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        if (Math.abs(A[p][q]) < 1e-15) continue;
        const half = (A[q][q] - A[p][p]) / (2 * A[p][q]);
        const t = (half < 0 ? -1 : 1) / (Math.abs(half) + Math.sqrt(half * half + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        const s = t * c;
        for (const row of A) [row[p], row[q]] = [c * row[p] - s * row[q], s * row[p] + c * row[q]];
        for (const M of [A, V]) [M[p], M[q]] = [M[p].map((v, i) => c * v - s * M[q][i]), M[p].map((v, i) => s * v + c * M[q][i])];
      }
    }
  }
  return { values: A.map((row, i) => row[i]), vectors: V };
}
