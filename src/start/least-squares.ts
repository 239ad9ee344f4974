// Linear least squares by Householder's reflections: the best weights of a linear layer on what it is fed.

/**
 * A W (columns×targets, row-major) that minimises ‖a·W − t‖², by QR with column pivoting (Businger and Golub 1965). Columns that
 * depend on others, within rounding, get no weight.
 * @param a rows×columns, row-major; overwritten
 * @param t rows×targets, row-major; overwritten
 */
export function linearLeastSquares(
  a: Float64Array,
  t: Float64Array,
  rows: number,
  columns: number,
  targets: number,
): Float64Array {
  const order = Array.from({ length: columns }, (_, j) => j);
  const steps = Math.min(rows, columns);
  const diagonal = new Float64Array(steps);
  let rank = 0;
  let largest = 0;
  const rest = (j: number, from: number) => {
    let s = 0;
    for (let r = from; r < rows; r++) s += a[r * columns + j]! ** 2;
    return s;
  };
  for (let k = 0; k < steps; k++) {
    let pivot = k;
    let most = -1;
    for (let j = k; j < columns; j++) {
      const s = rest(j, k);
      if (s > most) {
        most = s;
        pivot = j;
      }
    }
    const norm = Math.sqrt(most);
    if (k === 0) largest = norm;
    if (norm <= largest * Math.max(rows, columns) * Number.EPSILON) break;
    if (pivot !== k) {
      [order[k], order[pivot]] = [order[pivot]!, order[k]!];
      for (let r = 0; r < rows; r++) {
        const e = a[r * columns + k]!;
        a[r * columns + k] = a[r * columns + pivot]!;
        a[r * columns + pivot] = e;
      }
    }
    // The reflection that sends column k to −sign·norm·e_k: v = column + sign·norm·e_k.
    const head = a[k * columns + k]!;
    const alpha = head > 0 ? -norm : norm;
    a[k * columns + k] = head - alpha;
    const half = norm * (norm + Math.abs(head)); // ‖v‖²/2
    const reflect = (m: Float64Array, width: number, j: number) => {
      let s = 0;
      for (let r = k; r < rows; r++) s += a[r * columns + k]! * m[r * width + j]!;
      s /= half;
      for (let r = k; r < rows; r++) m[r * width + j]! -= s * a[r * columns + k]!;
    };
    for (let j = k + 1; j < columns; j++) reflect(a, columns, j);
    for (let j = 0; j < targets; j++) reflect(t, targets, j);
    diagonal[k] = alpha;
    rank = k + 1;
  }
  return backSubstituted(a, t, diagonal, order, rank, columns, targets);
}

/** Back substitution in R, whose diagonal stands apart; columns beyond the rank get no weight. */
function backSubstituted(
  r: Float64Array,
  q: Float64Array,
  diagonal: Float64Array,
  order: readonly number[],
  rank: number,
  columns: number,
  targets: number,
): Float64Array {
  const w = new Float64Array(columns * targets);
  for (let j = 0; j < targets; j++) {
    for (let k = rank - 1; k >= 0; k--) {
      let s = q[k * targets + j]!;
      for (let c = k + 1; c < rank; c++) s -= r[k * columns + c]! * w[order[c]! * targets + j]!;
      w[order[k]! * targets + j] = s / diagonal[k]!;
    }
  }
  return w;
}
