// The power method (Efficient BackProp 7.5, (60)): on products with the whole set, and on-line, a sample at a time (9.2, (64)).

import { dot, norm } from '../solve/vectors.js';

/** An eigenvalue with its vector. */
export interface Principal {
  readonly value: number;
  /** Of length 1. */
  readonly vector: Float64Array;
  /** |A·v − λ·v|/|λ|; NaN where it was not measured. */
  readonly residual: number;
  /** Products, or samples, that it took. */
  readonly products: number;
}

/**
 * The eigenvalue of largest magnitude: v ← A·v/|A·v|, until the residual is at most `tolerance`, or `most` products have been
 * taken. The value is Rayleigh's quotient, so that it may be negative; 0 where A·v vanishes. Where λ and −λ are both there it
 * ends with a large residual.
 */
export function powerIteration(
  apply: (v: Float64Array) => Float64Array,
  start: Float64Array,
  tolerance: number,
  most: number,
): Principal {
  const first = norm(start);
  let v = start.map((e) => e / first);
  for (let products = 1; ; products++) {
    const w = apply(v);
    const value = dot(v, w);
    const length = norm(w);
    if (length === 0) return { value: 0, vector: v, residual: 0, products };
    let off = 0;
    for (let i = 0; i < v.length; i++) off += (w[i]! - value * v[i]!) * (w[i]! - value * v[i]!);
    const residual = Math.sqrt(off) / Math.abs(value);
    if (residual <= tolerance || products >= most) return { value, vector: v, residual, products };
    v = w.map((e) => e / length);
  }
}

/** γ of Figure 24 at presentation t. */
const leak = (t: number) => (t < 20 ? 0.1 : t < 80 ? 0.03 : t < 200 ? 0.01 : 0.003);

/**
 * Ψ ← (1 − γ)·Ψ + (γ/α)·(∇Eᵖ(θ + α·Ψ/|Ψ|) − ∇Eᵖ(θ)), a sample p at a time, with the γ of Figure 24: 0.1, from 20 samples on 0.03,
 * from 80 on 0.01, from 200 on 0.003; |Ψ| goes to λmax ((64) with the same sample's gradient in both terms, and γ/α).
 * @param difference of the gradients of presentation t, α along Ψ apart
 */
export function onlineIteration(
  difference: (psi: Float64Array, t: number) => Float64Array,
  start: Float64Array,
  presentations: number,
  alpha: number,
): Principal {
  const size = norm(start);
  let psi = start.map((e) => e / size);
  for (let t = 0; t < presentations; t++) {
    const gamma = leak(t);
    const apart = difference(psi, t);
    psi = psi.map((e, i) => (1 - gamma) * e + (gamma / alpha) * apart[i]!);
  }
  const value = norm(psi);
  return { value, vector: psi.map((e) => e / value), residual: Number.NaN, products: presentations };
}
