// Levenberg and Marquardt's method as Moré made it safe (1978), with bounds and geodesic acceleration: for callers' own
// residuals. A radius is what changes, and damping follows from it (damping.ts). Networks have another loop,
// levenberg-marquardt.ts, which changes μ itself, as the chapter does: its normal equations are sums over samples.

import type { Box } from './box.js';
import { BoundedStep } from './bounded-step.js';
import { FAR_REACHES, lowestAround } from './around.js';
import { SINGULAR, dampingFor } from './damping.js';
import type { Residuals } from './residuals.js';
import type { SolveReason } from './options.js';
import { PAUSE, type Pause, type Iterate } from './smooth.js';
import { dot } from './vectors.js';

/** When it ends. */
interface Tolerances {
  /** Largest cosine between residuals and a column of their Jacobian that counts as none. */
  readonly minGradient: number;
  /** What two steps in a row must change the sum by, or the variables, relative to their size. */
  readonly tolerance: number;
}

/** The first radius, in lengths of D·x. */
const FIRST_RADIUS = 10;

/** Entries of D are at least this share of the largest. */
const LEAST_SCALING = 1e-10;

/** A step must lower the sum by this share of what the model predicts. */
const LEAST_GAIN = 1e-4;

/** Steps that lower the sum as predicted, up to this share of it, need no acceleration. */
const STRAIGHT = 0.1;

/** Twice the acceleration is at most this share of the step. */
const BENT = 0.75;

/** A variable that, changed by its own size, changes residuals by less than this share of their length has no influence. */
const INFLUENCE = 1e-10;

/** Who asks for no more digits than this does not get the last ones: they cost two Jacobians. */
const PRECISE = 1e-10;

/** The cosine that rounding leaves at most between residuals and columns of J, at a minimum that a search has come to. */
const NEARLY = 1e-4;

/** The same of a step without damping, relative to the variables, and of what they change of the sum, relative to it. */
const ROUNDED_STEP = 1e-7;

/** How often ends are looked at again with finer differences, at most. */
const REFINED = 3;

/** Changes of the sum by less than this share of it are none. */
const LEAST_CHANGE = 1e-9;

/** Undamped steps for the last digits at most, and the relative size of those that no longer change any. */
const LAST_STEPS = 8;
const LEAST_MOVE = 1e-13;

/**
 * Residuals that have become less than this share of their first length no longer tell how small a variable is: steps that change
 * residuals by less of it are lost in the rounding of what residuals are differences of.
 */
const RESIDUE = 2 ** -13;

/** A sum this share of the first one is 0 to rounding. */
const ZERO_SUM = 1e-28;

/**
 * min F from the model's point on, where it has been linearised. A trial minimises the linear model within the box and within
 * |D·p| ≤ Δ, D the largest lengths that columns of J have had. Where the last one gainRatio F badly, the step is bent as
 * residuals bend. Yields accepted points.
 */
export function* trustRegion(
  f: Residuals,
  box: Box,
  { minGradient, tolerance }: Tolerances,
  numeric: boolean,
): Generator<Iterate | Pause, SolveReason> {
  const { n } = f;
  const d = new Float64Array(n); // D²
  const step = new BoundedStep(f.model, box);
  const { p } = step;
  const a = new Float64Array(n);
  const to = new Float64Array(n);
  const length = (v: Float64Array) => Math.sqrt(v.reduce((s, e, i) => s + d[i]! * e * e, 0));
  const sizes = () => f.x.map((e, i) => (box.isFrozen(i) ? 0 : f.differences.size(i, e)));
  const iterate = (rate: number): Iterate => ({ x: f.x.slice(), value: f.sum, gradient: gradientOf(f, box), rate });
  if (f.model.slope.every((e) => e === 0)) {
    const lower = lowestAround((x) => f.valueAt(x), f.x, sizes(), box, FAR_REACHES);
    if (lower.value < f.sum && f.linearise(lower.x)) yield iterate(0);
  }
  /**
   * Where a step was refused, however short, is a minimum only if the sum is level there, residuals are nearly orthogonal to J,
   * or its own step is one of rounding: else the model is wrong.
   */
  const jammed = (): SolveReason => {
    const size = sizes();
    const level = f.model.slope.every((e, i) => box.holds(i, f.x[i]!, e) || Math.abs(e) * size[i]! <= ROUNDED_STEP * f.sum);
    const rounding = () => step.solve(f.x, 0, d) && length(p) <= ROUNDED_STEP * length(size);
    return level || angle(f, box) <= NEARLY || rounding() ? 'tolerance' : 'noProgress';
  };
  const begun = f.sum;
  let radius = 0;
  let mu = 0;
  let gainRatio = 1; // of the last trial: what F fell by, relative to what the model predicted
  let small = 0;
  let ending: SolveReason | undefined;
  let rounds = REFINED;
  for (let k = 0; ; k++) {
    grow(d, f.model.lengths);
    if (k === 0) radius = FIRST_RADIUS * length(sizes());
    if (f.sum === 0 || angle(f, box) <= minGradient) ending = 'minGradient';
    while (!ending) {
      mu = dampingFor(f, step, box, d, length, radius, mu, k === 0);
      const size = length(p);
      const product = f.model.times(p);
      const bent = dot(product, product);
      const model = -(2 * dot(p, f.model.slope) + bent);
      if (small > 0 && model <= tolerance * f.sum) {
        ending = 'tolerance';
        break;
      }
      for (let i = 0; i < n; i++) to[i] = f.x[i]! + p[i]!;
      if ((mu > 0 || Math.abs(gainRatio - 1) > STRAIGHT) && f.acceleration(p, step.free, a) && 2 * length(a) <= BENT * size) {
        for (let i = 0; i < n; i++) to[i]! += a[i]! / 2;
      }
      box.project(to);
      if (to.every((e, i) => e === f.x[i])) {
        ending = jammed();
        break;
      }
      const value = f.valueAt(to);
      const fell = f.sum - value;
      gainRatio = fell / model;
      const still = size <= tolerance * length(sizes());
      const converged = still || (Math.abs(fell) <= tolerance * f.sum && model <= tolerance * f.sum && !(gainRatio > 2));
      if (!(gainRatio > 0.25)) {
        const along = dot(p, f.model.slope);
        const share = fell >= 0 ? 0.5 : (0.5 * along) / (along + fell / 2);
        const less = share >= 0.1 && value <= 100 * f.sum ? Math.min(share, 0.5) : 0.1;
        radius = less * Math.min(radius, 10 * size);
        mu /= less;
      } else if (mu === 0 || gainRatio >= 0.75) {
        radius = Math.max(2 * size, mu === 0 ? radius : 0);
        mu /= 2;
      }
      if (fell > 0 && gainRatio > LEAST_GAIN) {
        if (!f.linearise(to)) return 'noProgress';
        yield iterate(mu);
        small = converged ? small + 1 : 0;
        if (small === 2) ending = 'tolerance';
        break;
      }
      yield PAUSE;
      if (converged || !(radius > 0)) {
        ending = jammed();
        break;
      }
      if (!Number.isFinite(model)) return 'noProgress';
    }
    if (!ending) continue;
    const { flat, lower } = aside(f, box, sizes());
    if (lower && rounds-- > 0 && f.linearise(lower)) {
      yield iterate(0);
      radius = FIRST_RADIUS * length(sizes());
    } else {
      // Derivatives were by steps that fitted larger variables: what they ended at is to be looked at again.
      const { lengths, errors } = f.model;
      const finer =
        numeric && rounds-- > 0 && f.differences.refine(f.x, (i) => Math.max(errors, RESIDUE * Math.sqrt(begun)) / lengths[i]!);
      if (finer && f.linearise(f.x.slice())) yield PAUSE;
      else {
        if (flat && f.sum > ZERO_SUM * begun) ending = 'flat';
        break;
      }
    }
    ending = undefined;
    small = 0;
  }
  if (tolerance <= PRECISE) yield* lastDigits(f, step, d, box, numeric, iterate);
  return ending;
}

/**
 * Variables whose slope says that they have no influence: whether one has none farther away either, and a lower point where one
 * of them is changed. At a minimum of their own their slope is 0, too.
 */
function aside(
  f: Residuals,
  box: Box,
  sizes: Float64Array,
): { readonly flat: boolean; readonly lower: Float64Array | undefined } {
  const { lengths, errors } = f.model;
  const { x, sum } = f;
  const seen = (at: Float64Array) => {
    const value = f.valueAt(at);
    return Math.abs(value - sum) <= LEAST_CHANGE * sum ? sum : value;
  };
  let flat = false;
  for (let i = 0; i < x.length; i++) {
    if (box.isFrozen(i) || !(lengths[i]! * sizes[i]! <= INFLUENCE * errors)) continue;
    const alone = sizes.map((e, k) => (k === i ? e : 0));
    const beside = lowestAround(seen, x, alone, box, FAR_REACHES);
    if (beside.value < sum) return { flat: false, lower: beside.x };
    if (!beside.varies) flat = true;
  }
  return { flat, lower: undefined };
}

/** D² grows to the squares of lengths. */
function grow(d: Float64Array, lengths: Float64Array): void {
  const most = lengths.reduce((a, b) => Math.max(a, b), 0);
  for (let i = 0; i < d.length; i++) d[i] = Math.max(d[i]!, lengths[i]! ** 2, (LEAST_SCALING * most) ** 2, Number.MIN_VALUE);
}

/** ∇F without what bounds hold. */
function gradientOf(f: Residuals, box: Box): Float64Array {
  return f.model.slope.map((e, i) => (box.holds(i, f.x[i]!, e) ? 0 : 2 * e));
}

/** The largest cosine between e and a column of J, of variables that bounds don't hold. */
function angle(f: Residuals, box: Box): number {
  let most = 0;
  for (let i = 0; i < f.n; i++) {
    const e = f.model.slope[i]!;
    if (e === 0 || box.holds(i, f.x[i]!, e)) continue;
    most = Math.max(most, Math.abs(e) / (f.model.lengths[i]! * Math.sqrt(f.sum)));
  }
  return most;
}

/**
 * Steps without damping, while they reduce the gradient: what stopped was the sum, in which the last digits of variables no
 * longer show.
 */
function* lastDigits(
  f: Residuals,
  step: BoundedStep,
  d: Float64Array,
  box: Box,
  numeric: boolean,
  iterate: (rate: number) => Iterate,
): Generator<Iterate | Pause, void> {
  if (f.sum === 0) return;
  if (numeric) f.linearise(f.x.slice(), true);
  let before = angle(f, box);
  for (let k = 0; k < LAST_STEPS; k++) {
    // What has no influence does not move.
    if (!step.solve(f.x, 0, d) && !step.solve(f.x, SINGULAR ** 2, d)) return;
    const to = f.x.map((e, i) => e + step.p[i]!);
    box.project(to);
    const moved = to.reduce((most, e, i) => Math.max(most, Math.abs(e - f.x[i]!) / f.differences.size(i, e)), 0);
    if (moved <= LEAST_MOVE) return;
    const value = f.valueAt(to);
    yield PAUSE;
    if (!(value <= f.sum * (1 + 1e-9)) || !f.linearise(to, numeric)) return;
    yield iterate(0);
    const now = angle(f, box);
    if (!(now < before)) return;
    before = now;
  }
}
