// Centres of clusters: k-means++ seeding (Arthur and Vassilvitskii 2007), then Lloyd's iteration.

/** n points of d numbers each, row-major. */
export interface PointSet {
  readonly data: Float64Array;
  readonly n: number;
  readonly d: number;
}

/** What k-means finds. */
interface Clusters {
  /** k×d, row-major. */
  readonly centres: Float64Array;
  /** The cluster of each point. */
  readonly assignments: Uint32Array;
  /** Σ of squared distances to the nearest centre before each iteration, and at the end: it never rises. */
  readonly inertia: readonly number[];
}

/** Lloyd's iteration ends when no point changes its cluster, or the inertia falls by less than this share of itself. */
const ENOUGH = 1e-6;
const ITERATIONS = 300;

function squaredDistance({ data, d }: PointSet, i: number, centres: Float64Array, c: number): number {
  let s = 0;
  for (let j = 0; j < d; j++) {
    const e = data[i * d + j]! - centres[c * d + j]!;
    s += e * e;
  }
  return s;
}

/**
 * k centres among n ≥ k points, of which at least k differ. An empty cluster moves to the point that is farthest from its centre.
 * @param random uniform on [0, 1)
 */
export function kMeans(points: PointSet, k: number, random: () => number): Clusters {
  const { n } = points;
  const centres = seeded(points, k, random);
  const assignments = new Uint32Array(n).fill(k);
  const distances = new Float64Array(n);
  const inertia: number[] = [];
  for (let iteration = 0; ; iteration++) {
    let changed = false;
    let total = 0;
    for (let i = 0; i < n; i++) {
      let best = 0;
      let least = Infinity;
      for (let c = 0; c < k; c++) {
        const s = squaredDistance(points, i, centres, c);
        if (s < least) {
          least = s;
          best = c;
        }
      }
      changed ||= assignments[i] !== best;
      assignments[i] = best;
      distances[i] = least;
      total += least;
    }
    const before = inertia.at(-1) ?? Infinity;
    inertia.push(total);
    if (!changed || total >= (1 - ENOUGH) * before || iteration === ITERATIONS) return { centres, assignments, inertia };
    move(points, centres, assignments, distances);
  }
}

/** Each centre to the mean of its points. */
function move({ data, n, d }: PointSet, centres: Float64Array, assignments: Uint32Array, distances: Float64Array): void {
  const k = centres.length / d;
  const sums = new Float64Array(k * d);
  const counts = new Float64Array(k);
  for (let i = 0; i < n; i++) {
    const c = assignments[i]!;
    counts[c]!++;
    for (let j = 0; j < d; j++) sums[c * d + j]! += data[i * d + j]!;
  }
  for (let c = 0; c < k; c++) {
    if (counts[c]! > 0) {
      for (let j = 0; j < d; j++) centres[c * d + j] = sums[c * d + j]! / counts[c]!;
      continue;
    }
    let farthest = 0;
    for (let i = 1; i < n; i++) if (distances[i]! > distances[farthest]!) farthest = i;
    distances[farthest] = 0;
    centres.set(data.subarray(farthest * d, (farthest + 1) * d), c * d);
  }
}

/** The first centre at a random point, each next one with a probability that grows with the squared distance to those before. */
function seeded(points: PointSet, k: number, random: () => number): Float64Array {
  const { data, n, d } = points;
  const centres = new Float64Array(k * d);
  const distances = new Float64Array(n).fill(Infinity);
  let chosen = Math.min(Math.floor(random() * n), n - 1);
  for (let c = 0; c < k; c++) {
    centres.set(data.subarray(chosen * d, (chosen + 1) * d), c * d);
    let total = 0;
    for (let i = 0; i < n; i++) {
      distances[i] = Math.min(distances[i]!, squaredDistance(points, i, centres, c));
      total += distances[i]!;
    }
    const sought = random() * total;
    let sum = 0;
    for (let i = 0; i < n; i++) {
      if (distances[i] === 0) continue; // a place that is taken
      chosen = i;
      sum += distances[i]!;
      if (sum > sought) break;
    }
  }
  return centres;
}

/** How many of the points differ from each other, counted up to `enough`. */
export function distinct({ data, n, d }: PointSet, enough: number): number {
  const seen = new Set<string>();
  for (let i = 0; i < n && seen.size < enough; i++) seen.add(data.subarray(i * d, (i + 1) * d).join());
  return seen.size;
}

/**
 * A width for each centre: the mean distance to the two nearest others (to the nearest of two; of a single one, the points'
 * deviation from it), at least a thousandth of the points' deviation.
 */
export function widthsOf(points: PointSet, centres: Float64Array): Float64Array {
  const { n, d } = points;
  const k = centres.length / d;
  const mean = new Float64Array(d);
  for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) mean[j]! += points.data[i * d + j]! / n;
  let square = 0;
  for (let i = 0; i < n; i++) square += squaredDistance(points, i, mean, 0) / n;
  const scale = Math.sqrt(square) || 1;
  const others: PointSet = { data: centres, n: k, d };
  return Float64Array.from({ length: k }, (_, c) => {
    const near = Array.from({ length: k }, (__, b) => (b === c ? Infinity : Math.sqrt(squaredDistance(others, b, centres, c))))
      .sort((a, b) => a - b)
      .slice(0, Math.min(2, k - 1));
    const width = near.length > 0 ? near.reduce((a, b) => a + b) / near.length : scale;
    return Math.max(width, 1e-3 * scale);
  });
}
