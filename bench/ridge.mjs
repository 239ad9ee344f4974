// Ridge regression, naively: standardised columns, normal equations by elimination, strength by five-fold cross-validation.

const STRENGTHS = [1e-4, 1e-3, 1e-2, 0.03, 0.1, 0.3, 1, 3];
const FOLDS = 5;

function solve(matrix, vector) {
  const n = vector.length;
  const a = matrix.map((row, i) => [...row, vector[i]]);
  for (let i = 0; i < n; i++) {
    let pivot = i;
    for (let k = i + 1; k < n; k++) if (Math.abs(a[k][i]) > Math.abs(a[pivot][i])) pivot = k;
    [a[i], a[pivot]] = [a[pivot], a[i]];
    for (let k = i + 1; k < n; k++) {
      const factor = a[k][i] / a[i][i];
      for (let j = i; j <= n; j++) a[k][j] -= factor * a[i][j];
    }
  }
  const x = new Array(n).fill(0);
  for (let i = n - 1; i >= 0; i--) x[i] = (a[i][n] - x.reduce((s, v, j) => s + (j > i ? a[i][j] * v : 0), 0)) / a[i][i];
  return x;
}

const mean = (values) => values.reduce((s, v) => s + v, 0) / values.length;

function ridge({ rows, targets }, strength) {
  const columns = rows[0].length;
  const centre = rows[0].map((_, j) => mean(rows.map((x) => x[j])));
  const scale = rows[0].map((_, j) => Math.sqrt(mean(rows.map((x) => (x[j] - centre[j]) ** 2))) || 1);
  const code = (x) => x.map((v, j) => (v - centre[j]) / scale[j]);
  const coded = rows.map(code);
  const level = mean(targets);
  const gram = Array.from({ length: columns }, (_, i) =>
    Array.from({ length: columns }, (_, j) => mean(coded.map((x) => x[i] * x[j])) + (i === j ? strength : 0)),
  );
  const weights = solve(
    gram,
    centre.map((_, j) => mean(coded.map((x, r) => x[j] * (targets[r] - level)))),
  );
  return (x) => code(x).reduce((s, v, j) => s + v * weights[j], level);
}

/** 1 − (squared error)/(squared deviation). */
export function r2(targets, predictions) {
  const level = mean(targets);
  return 1 - mean(targets.map((t, i) => (t - predictions[i]) ** 2)) / mean(targets.map((t) => (t - level) ** 2));
}

/** A function from a row to its prediction. */
export function crossValidatedRidge({ rows, targets }) {
  let best = { error: Infinity, strength: 1 };
  for (const strength of STRENGTHS) {
    let error = 0;
    for (let fold = 0; fold < FOLDS; fold++) {
      const inside = (keep) => ({
        rows: rows.filter((_, i) => (i % FOLDS === fold) === keep),
        targets: targets.filter((_, i) => (i % FOLDS === fold) === keep),
      });
      const predict = ridge(inside(false), strength);
      const held = inside(true);
      error += held.rows.reduce((s, x, i) => s + (held.targets[i] - predict(x)) ** 2, 0);
    }
    if (error < best.error) best = { error, strength };
  }
  return ridge({ rows, targets }, best.strength);
}
