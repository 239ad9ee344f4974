// Shapes, as few numbers as kernels need. No array is made that is not kept: small kernels take as long as their calls.

/** Whether something is a size or a place: a whole number from 0 on. For what is not, the cpu kernel has words. */
export function isCount(n: unknown): n is number {
  return Number.isInteger(n) && (n as number) >= 0;
}

/** The number of elements. */
export function sizeOf(shape: readonly number[]): number {
  return sizeBetween(shape, 0, shape.length);
}

/** The product of shape[from] … shape[to − 1]. */
export function sizeBetween(shape: readonly number[], from: number, to: number): number {
  let size = 1;
  for (let i = from; i < to; i++) size *= shape[i]!;
  return size;
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** How two tensors meet element by element, as batches of rows of n: what `binary` of the binary wants to know of a batch. */
class Pairing {
  shape: number[] = [];
  batches = 1;
  /** From one batch to the next, in elements. */
  jumpX = 0;
  jumpY = 0;
  rows = 0;
  n = 0;
  stepX = 0;
  wideX = 1;
  stepY = 0;
  wideY = 1;

  /** Whether two shapes meet in this way; if not, nothing is said of how. */
  of(a: number[], b: number[]): boolean {
    this.wideX = 1;
    this.wideY = 1;
    this.stepX = 0;
    this.stepY = 0;
    this.batches = 1;
    this.jumpX = 0;
    this.jumpY = 0;
    this.rows = 1;
    if (sameShape(a, b)) {
      this.shape = a;
      this.n = sizeOf(a);
      return true;
    }
    if (b.length <= a.length && sizeOf(b) === 1) {
      this.shape = a;
      this.n = sizeOf(a);
      this.wideY = 0;
      return true;
    }
    if (a.length <= b.length && sizeOf(a) === 1) {
      this.shape = b;
      this.n = sizeOf(b);
      this.wideX = 0;
      return true;
    }
    return this.inRows(a, b);
  }

  /** Axes that are next to each other and repeated in the same way become one; three of them may be left. */
  private inRows(a: number[], b: number[]): boolean {
    const rank = Math.max(a.length, b.length);
    const shape = new Array<number>(rank);
    let inner = -1;
    let outer = -1;
    let outermost = -1;
    this.n = 1;
    for (let i = 1; i <= rank; i++) {
      const p = i <= a.length ? a[a.length - i]! : 1;
      const q = i <= b.length ? b[b.length - i]! : 1;
      if (p !== q && p !== 1 && q !== 1) return false;
      const size = p === 1 ? q : p;
      shape[rank - i] = size;
      if (p === 1 && q === 1) continue;
      const kind = p === q ? 3 : q === 1 ? 1 : 2; // bits: which of both goes on
      if (inner < 0 || (outer < 0 && kind === inner)) {
        inner = kind;
        this.n *= size;
      } else if (outer < 0 || (outermost < 0 && kind === outer)) {
        outer = kind;
        this.rows *= size;
      } else if (outermost < 0 || kind === outermost) {
        outermost = kind;
        this.batches *= size;
      } else {
        return false;
      }
    }
    this.shape = shape;
    this.wideX = inner & 1;
    this.wideY = inner >> 1;
    if (outer >= 0) {
      if (outer & 1) this.stepX = this.wideX ? this.n : 1;
      if (outer & 2) this.stepY = this.wideY ? this.n : 1;
    }
    if (outermost >= 0) {
      if (outermost & 1) this.jumpX = this.stepX * this.rows || (this.wideX ? this.n : 1);
      if (outermost & 2) this.jumpY = this.stepY * this.rows || (this.wideY ? this.n : 1);
    }
    return true;
  }
}

/** The pairing that was asked for last. */
export const pairing: Pairing = new Pairing();

/** A reduction of neighbouring axes, as outer×n×inner numbers. */
class Reduction {
  outer = 1;
  n = 1;
  inner = 1;
  shape: number[] = [];

  /** Whether these axes (all, if not given) are neighbours; if not, nothing is said of how. */
  of(shape: readonly number[], axis: number | number[] | null | undefined, keepDims: boolean): boolean {
    const rank = shape.length;
    let from = 0;
    let to = rank;
    if (typeof axis === 'number') {
      from = axis < 0 ? axis + rank : axis;
      to = from + 1;
    } else if (axis !== null && axis !== undefined) {
      if (axis.length === 0) return false;
      from = rank;
      to = -1;
      for (const given of axis) {
        const one = given < 0 ? given + rank : given;
        if (axis.length > 1 && axis.indexOf(given) !== axis.lastIndexOf(given)) return false;
        if (one < from) from = one;
        if (one + 1 > to) to = one + 1;
      }
      if (to - from !== axis.length) return false;
    }
    if (!(isCount(from) && to <= rank)) return false;
    this.outer = sizeBetween(shape, 0, from);
    this.n = sizeBetween(shape, from, to);
    this.inner = sizeBetween(shape, to, rank);
    this.shape = [];
    for (let i = 0; i < rank; i++) {
      if (i < from || i >= to) this.shape.push(shape[i]!);
      else if (keepDims) this.shape.push(1);
    }
    return true;
  }
}

/** The reduction that was asked for last. */
export const reduction: Reduction = new Reduction();
