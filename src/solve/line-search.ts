// Searches along a direction: what callers can choose, the constants of each, and how one is carried out.

import type { Work } from '../runtime/work.js';
import type { LineSearch } from './choices.js';
import { type Point, EVALUATIONS, strongWolfe } from './more-thuente.js';
import { PAUSE, type Searching, type Smooth, gradientAt } from './smooth.js';
import { dot, stepped } from './vectors.js';

/** Where the points that a search looks at are put, and their gradients. */
interface SearchWorkspace {
  readonly x: Float64Array;
  readonly g: Float64Array;
}

/** What a line search along a direction finds: the function at x + α·p, and its gradient there. */
class Line {
  readonly x: Float64Array;
  readonly g: Float64Array;

  constructor(
    private readonly f: Smooth,
    private readonly from: Float64Array,
    private readonly p: Float64Array,
    workspace?: SearchWorkspace,
  ) {
    this.x = workspace?.x ?? new Float64Array(f.n);
    this.g = workspace?.g ?? new Float64Array(f.n);
  }

  *at(alpha: number): Work<Point> {
    stepped(this.from, alpha, this.p, this.x);
    const value = yield* gradientAt(this.f, this.x, this.g);
    return { alpha, value, slope: dot(this.g, this.p) };
  }

  /** The point with its gradient, which may not be the one looked at last. */
  *accepted(point: Point, last: number): Work<{ x: Float64Array; g: Float64Array; value: number }> {
    if (point.alpha !== last) yield* this.at(point.alpha);
    this.f.accept?.(this.x, this.g);
    return { x: this.x, g: this.g, value: point.value };
  }
}

/** The constants of a search: without c2 it goes back until the value is low enough, and asks for one gradient in the end. */
interface SearchConstants {
  readonly c1: number;
  readonly c2?: number;
}

/**
 * For directions of a natural length: nearly any decrease will do, and the curvature condition keeps what quasi-Newton methods
 * learn positive definite.
 */
export const SEARCH_CONSTANTS: Readonly<Record<LineSearch, SearchConstants>> = {
  wolfe: { c1: 1e-4, c2: 0.9 },
  armijo: { c1: 1e-4 },
};

/**
 * Searches from x along p; the new point with its gradient, in the workspace where that is given, or undefined where nothing
 * lower was found.
 */
export function* search(
  f: Smooth,
  x: Float64Array,
  value: number,
  p: Float64Array,
  slope: number,
  first: number,
  { c1, c2 }: SearchConstants,
  workspace?: SearchWorkspace,
): Searching<{ x: Float64Array; g: Float64Array; value: number; alpha: number } | undefined> {
  f.hold?.(p);
  const line = new Line(f, x, p, workspace);
  if (c2 === undefined) {
    const valueAt = function* (alpha: number): Work<number> {
      stepped(x, alpha, p, line.x);
      const found = f.value(line.x);
      return typeof found === 'number' ? found : yield* found;
    };
    const lower = yield* backtracking(valueAt, { alpha: 0, value, slope }, first, c1);
    if (!lower) return undefined;
    const { alpha, value: there } = yield* line.at(lower.alpha);
    f.accept?.(line.x, line.g);
    return { x: line.x, g: line.g, value: there, alpha };
  }
  let last = 0;
  const evaluate = (alpha: number) => {
    last = alpha;
    return line.at(alpha);
  };
  const found = yield* strongWolfe(evaluate, { alpha: 0, value, slope }, first, { c1, c2 });
  return found && { ...(yield* line.accepted(found, last)), alpha: found.alpha };
}

/** Bounds of what a step is multiplied with to go back. */
const BACK = { least: 0.1, most: 0.5 };

/**
 * Armijo's condition alone, going back from `first` by interpolation: parabolas through values, no slopes but the first (Nocedal
 * & Wright 3.5). Yields after each evaluation; undefined where nothing is low enough.
 */
function* backtracking(
  evaluate: (alpha: number) => Work<number>,
  start: Point,
  first: number,
  c1: number,
): Searching<{ alpha: number; value: number } | undefined> {
  if (!(start.slope < 0)) return undefined;
  let alpha = first;
  for (let k = 0; k < EVALUATIONS; k++) {
    const value = yield* evaluate(alpha);
    yield PAUSE;
    if (value <= start.value + c1 * alpha * start.slope && value < start.value) return { alpha, value };
    const bottom = (-start.slope * alpha * alpha) / (2 * (value - start.value - start.slope * alpha));
    const back = Number.isFinite(bottom) ? bottom / alpha : BACK.least;
    alpha *= Math.min(Math.max(back, BACK.least), BACK.most);
  }
  return undefined;
}
