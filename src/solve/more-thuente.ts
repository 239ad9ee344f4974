// Steps along a direction that satisfy the strong Wolfe conditions: Moré and Thuente's search (ACM TOMS 20, 1994;
// docs/mathematics.md, section 8.2).

import type { Work } from '../runtime/work.js';
import { PAUSE, type Searching } from './smooth.js';

/** The function along the direction: φ(α) and φ′(α). */
export interface Point {
  readonly alpha: number;
  readonly value: number;
  readonly slope: number;
}

interface Wolfe {
  /** φ(α) ≤ φ(0) + c1·α·φ′(0) */
  readonly c1: number;
  /** |φ′(α)| ≤ c2·|φ′(0)| */
  readonly c2: number;
}

/** Evaluations at most. */
export const EVALUATIONS = 40;

/** No step is longer, relative to the first one. */
const LONGEST = 1e10;

/** Relative width of an interval that can no longer be told from a point. */
const NARROW = 1e-15;

/** Of the interval's width that has to be gone after two steps. */
const SHRINK = 0.66;

const isFinitePoint = ({ value, slope }: Point) => Number.isFinite(value) && Number.isFinite(slope);

/**
 * Seeks α > 0 from `first`. Yields after each evaluation. Returns the point found; the best one with a lower value where the
 * conditions cannot be met to rounding; undefined where nothing lower was found. Points that are not finite count as too far.
 */
export function* strongWolfe(
  evaluate: (alpha: number) => Work<Point>,
  start: Point,
  first: number,
  { c1, c2 }: Wolfe,
): Searching<Point | undefined> {
  if (!(start.slope < 0)) return undefined;
  const least = c1 * start.slope;
  let best: Point = start; // the end of the interval with the lower value
  let other: Point = start;
  let bracketed = false;
  let stage = 1;
  let most = Infinity; // from here on nothing is finite
  let width = Infinity;
  let before = Infinity;
  let [low, high] = [0, 5 * first];
  let alpha = first;
  for (let k = 0; k < EVALUATIONS; k++) {
    const here = yield* evaluate(alpha);
    yield PAUSE;
    if (!isFinitePoint(here)) {
      most = alpha;
      alpha = best.alpha + 0.1 * (alpha - best.alpha);
      if (alpha - best.alpha <= NARROW * most) break;
      continue;
    }
    const wanted = start.value + alpha * least;
    if (stage === 1 && here.value <= wanted && here.slope >= 0) stage = 2;
    if (here.value <= wanted && Math.abs(here.slope) <= -c2 * start.slope) return here;
    const stuck = bracketed && (alpha <= low || alpha >= high || high - low <= NARROW * high);
    if (stuck) return lower(best, here, start);
    // Until a point has decrease enough and rising slope, the function less the decrease that is wanted at least is looked at.
    const shifted = stage === 1 && here.value <= best.value && here.value > wanted;
    const seen = (p: Point): Point =>
      shifted ? { alpha: p.alpha, value: p.value - p.alpha * least, slope: p.slope - least } : p;
    const step = interpolated(seen(best), seen(other), seen(here), bracketed, low, high);
    if (seen(here).value > seen(best).value) {
      other = here;
    } else {
      if (seen(here).slope * Math.sign(seen(best).slope) < 0) other = best;
      best = here;
    }
    bracketed = step.bracketed;
    alpha = step.alpha;
    if (bracketed) {
      const now = Math.abs(other.alpha - best.alpha);
      if (now >= SHRINK * before) alpha = best.alpha + 0.5 * (other.alpha - best.alpha);
      before = width;
      width = now;
      low = Math.min(best.alpha, other.alpha);
      high = Math.max(best.alpha, other.alpha);
    } else {
      low = alpha + 1.1 * (alpha - best.alpha);
      high = alpha + 4 * (alpha - best.alpha);
    }
    if (alpha >= most) alpha = best.alpha + 0.5 * (most - best.alpha);
    alpha = Math.min(alpha, LONGEST * first);
    if (bracketed && (alpha <= low || alpha >= high || high - low <= NARROW * high)) alpha = best.alpha;
    if (alpha === 0) break;
  }
  return lower(best, best, start);
}

/** The lower of two points if it is below the start. */
function lower(a: Point, b: Point, start: Point): Point | undefined {
  const point = a.value <= b.value ? a : b;
  return point.value < start.value && point.alpha > 0 ? point : undefined;
}

/** Where to look next, by interpolation of values and slopes: the four cases of Moré and Thuente. */
function interpolated(
  best: Point,
  other: Point,
  here: Point,
  bracketed: boolean,
  low: number,
  high: number,
): { alpha: number; bracketed: boolean } {
  const sign = here.slope * Math.sign(best.slope);
  const apart = here.alpha - best.alpha;
  const cubic = (from: Point, to: Point) => {
    const theta = (3 * (from.value - to.value)) / (to.alpha - from.alpha) + from.slope + to.slope;
    const s = Math.max(Math.abs(theta), Math.abs(from.slope), Math.abs(to.slope));
    return { theta, s };
  };
  if (here.value > best.value) {
    const { theta, s } = cubic(best, here);
    let gamma = s * Math.sqrt(Math.max(0, (theta / s) ** 2 - (best.slope / s) * (here.slope / s)));
    if (here.alpha < best.alpha) gamma = -gamma;
    const r = (gamma - best.slope + theta) / (gamma - best.slope + gamma + here.slope);
    const c = best.alpha + r * apart;
    const q = best.alpha + (best.slope / ((best.value - here.value) / apart + best.slope) / 2) * apart;
    const alpha = Math.abs(c - best.alpha) < Math.abs(q - best.alpha) ? c : c + (q - c) / 2;
    return { alpha, bracketed: true };
  }
  if (sign < 0) {
    const { theta, s } = cubic(best, here);
    let gamma = s * Math.sqrt(Math.max(0, (theta / s) ** 2 - (best.slope / s) * (here.slope / s)));
    if (here.alpha > best.alpha) gamma = -gamma;
    const r = (gamma - here.slope + theta) / (gamma - here.slope + gamma + best.slope);
    const c = here.alpha + r * (best.alpha - here.alpha);
    const q = here.alpha + (here.slope / (here.slope - best.slope)) * (best.alpha - here.alpha);
    return { alpha: Math.abs(c - here.alpha) > Math.abs(q - here.alpha) ? c : q, bracketed: true };
  }
  if (Math.abs(here.slope) < Math.abs(best.slope)) {
    const { theta, s } = cubic(best, here);
    let gamma = s * Math.sqrt(Math.max(0, (theta / s) ** 2 - (best.slope / s) * (here.slope / s)));
    if (here.alpha > best.alpha) gamma = -gamma;
    const r = (gamma - here.slope + theta) / (gamma + (best.slope - here.slope) + gamma);
    const c = r < 0 && gamma !== 0 ? here.alpha + r * (best.alpha - here.alpha) : here.alpha > best.alpha ? high : low;
    const q = here.alpha + (here.slope / (here.slope - best.slope)) * (best.alpha - here.alpha);
    if (bracketed) {
      const near = Math.abs(c - here.alpha) < Math.abs(q - here.alpha) ? c : q;
      const bound = here.alpha + SHRINK * (other.alpha - here.alpha);
      return { alpha: here.alpha > best.alpha ? Math.min(bound, near) : Math.max(bound, near), bracketed };
    }
    const far = Math.abs(c - here.alpha) > Math.abs(q - here.alpha) ? c : q;
    return { alpha: Math.max(low, Math.min(high, far)), bracketed };
  }
  if (!bracketed) return { alpha: here.alpha > best.alpha ? high : low, bracketed };
  const { theta, s } = cubic(here, other);
  let gamma = s * Math.sqrt(Math.max(0, (theta / s) ** 2 - (other.slope / s) * (here.slope / s)));
  if (here.alpha > other.alpha) gamma = -gamma;
  const r = (gamma - here.slope + theta) / (gamma - here.slope + gamma + other.slope);
  return { alpha: here.alpha + r * (other.alpha - here.alpha), bracketed };
}
