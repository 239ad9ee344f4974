// Nguyen and Widrow's initial weights: loaded by itself, since estimators begin with them.

import type { Draw, Weights } from './initializers.js';

/** Each unit's weights of length β = 0.7·units^(1/inputs), its bias uniform on ±β. */
function nguyenWidrow({ inputs, units, uniforms }: Draw): Weights {
  const beta = 0.7 * root(units, inputs);
  const u = uniforms((inputs + 1) * units).map((v) => 2 * v - 1);
  const kernel = new Float64Array(inputs * units);
  for (let j = 0; j < units; j++) {
    let square = 0;
    for (let i = 0; i < inputs; i++) square += u[i * units + j]! ** 2;
    for (let i = 0; i < inputs; i++) kernel[i * units + j] = (beta * u[i * units + j]!) / Math.sqrt(square);
  }
  return { kernel, bias: u.subarray(inputs * units).map((v) => beta * v) };
}

/** x^(1/n) for x ≥ 1 by Newton's iteration from above: the same bits everywhere. */
function root(x: number, n: number): number {
  if (n === 1) return x;
  // (1 + x/n)ⁿ ≥ x, so that this start lies above the root, and so does every iterate.
  let r = Math.min(1 + (x - 1) / n, x);
  for (;;) {
    let power = 1;
    for (let k = 1; k < n && power < Number.MAX_VALUE; k++) power *= r;
    const next = r - (r - x / power) / n;
    if (!(next < r)) return r;
    r = next;
  }
}

export const rareRuleOf = () => nguyenWidrow;
