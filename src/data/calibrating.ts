// The scale that makes probabilities of outputs: loaded where they are none.

import type { Engine } from '../../bindings/core.js';
import { calibration } from './calibration.js';

/** Newton steps: the function is convex in one variable, and half of them would do. */
const STEPS = 100;

/** Largest scale: outputs that tell classes apart perfectly could take any. */
const LARGEST = 1e6;

/**
 * The s ≥ 0 of least −(1/W) Σ_n w_n Σ_c t_nc·ln softmax(s·a_n)_c, by Newton's method kept within an interval that holds the
 * minimum.
 *
 * Targets are Platt's: of a class with n members (n + 1)/(n + classes), the rest shared by the others. The slope is the mean of
 * Σ_c (p_c − t_c)·a_c, its derivative that of the variance of a under p.
 * @param a outputs, N×classes
 */
export function fitScale(
  engine: Engine,
  a: ArrayLike<number>,
  truths: Uint32Array,
  classes: number,
  w?: ArrayLike<number>,
): number {
  const members = new Float64Array(classes);
  for (const c of truths) members[c]!++;
  const own = members.map((n) => (n + 1) / (n + classes));
  let wanted = 0; // mean of Σ_c t_c·a_c
  let all = 0;
  truths.forEach((c, r) => {
    const weight = w ? w[r]! : 1;
    const rest = (1 - own[c]!) / (classes - 1);
    let others = 0;
    for (let k = 0; k < classes; k++) if (k !== c) others += a[r * classes + k]!;
    wanted += weight * (own[c]! * a[r * classes + c]! + rest * others);
    all += weight;
  });
  let low = 0;
  let high = Infinity;
  let s = 1;
  for (let step = 0; step < STEPS; step++) {
    const p = calibration(engine, classes, s).probabilities(a);
    let slope = -wanted;
    let curvature = 0;
    for (let r = 0; r < truths.length; r++) {
      const weight = w ? w[r]! : 1;
      let mean = 0;
      let square = 0;
      for (let k = 0, at = r * classes; k < classes; k++, at++) {
        mean += p[at]! * a[at]!;
        square += p[at]! * a[at]! * a[at]!;
      }
      slope += weight * mean;
      curvature += weight * Math.max(square - mean * mean, 0);
    }
    if (Math.abs(slope) <= 1e-12 * all) break;
    if (slope > 0) high = s;
    else low = s;
    if (low >= LARGEST) break;
    let next = s - slope / curvature;
    if (!(next > low && next < high)) next = high === Infinity ? Math.min(Math.max(4 * s, 1e-3), LARGEST) : (low + high) / 2;
    if (Math.abs(next - s) <= 1e-12 * s) break;
    s = next;
  }
  return s;
}
