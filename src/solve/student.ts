// Quantiles of Student's distribution, for confidence bands.

/** Terms of the continued fraction at most: it converges in O(√(a + b)) of them. */
const MOST_TERMS = 10_000;

/** ln Γ(x), x > 0, by Stirling's series after shifting x beyond 10; error below 1e-13. */
export function logGamma(x: number): number {
  let [at, shift] = [x, 0];
  for (; at < 10; at++) shift += Math.log(at);
  const s = 1 / (at * at);
  const series = (1 / 12 - s * (1 / 360 - s * (1 / 1260 - s * (1 / 1680 - s / 1188)))) / at;
  return (at - 0.5) * Math.log(at) - at + 0.5 * Math.log(2 * Math.PI) + series - shift;
}

/** I_x(a, b), the regularised incomplete beta function, 0 ≤ x ≤ 1, by its continued fraction (Lentz's way). */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  const nonZero = (v: number) => (Math.abs(v) < 1e-300 ? 1e-300 : v);
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1));
  let f = d;
  for (let m = 1; m < MOST_TERMS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d);
    c = nonZero(1 + even / c);
    f *= c * d;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d);
    c = nonZero(1 + odd / c);
    f *= c * d;
    if (Math.abs(c * d - 1) < Number.EPSILON) break;
  }
  return front * f;
}

/** From so many degrees of freedom on, quantiles are linear in 1/ν to eleven digits, and Γ has lost none of its own yet. */
const NEARLY_NORMAL = 1e5;

/**
 * t > 0 within which a share `confidence` of Student's distribution lies, on both sides of 0; degrees of freedom > 0, Infinity
 * for the normal distribution.
 */
export function studentQuantile(confidence: number, degreesOfFreedom: number): number {
  if (degreesOfFreedom > NEARLY_NORMAL) {
    const [one, two] = [studentQuantile(confidence, NEARLY_NORMAL), studentQuantile(confidence, NEARLY_NORMAL / 2)];
    const normal = 2 * one - two;
    return normal + (one - normal) * (NEARLY_NORMAL / degreesOfFreedom);
  }
  const nu = degreesOfFreedom;
  const outside = (t: number) => incompleteBeta(nu / (nu + t * t), nu / 2, 0.5);
  let [low, high] = [0, 1];
  while (outside(high) > 1 - confidence && high < 1e300) high *= 2;
  for (let k = 0; k < 200 && high - low > Number.EPSILON * high; k++) {
    const middle = low + (high - low) / 2;
    if (outside(middle) > 1 - confidence) low = middle;
    else high = middle;
  }
  return low + (high - low) / 2;
}
