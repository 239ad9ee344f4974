// Losses that large residuals count for less in than their squares, with SciPy's names and definitions.

/** ρ(z), z the square of a residual over its scale, with ρ′ and ρ″: 'linear' is the sum of squares. */
const RHO = {
  softL1: (z: number) => {
    const root = Math.sqrt(1 + z);
    return [(2 * z) / (root + 1), 1 / root, -0.5 / (root * root * root)];
  },
  huber: (z: number) => {
    if (z <= 1) return [z, 1, 0];
    const root = Math.sqrt(z);
    return [2 * root - 1, 1 / root, -0.5 / (z * root)];
  },
  cauchy: (z: number) => [Math.log1p(z), 1 / (1 + z), -1 / ((1 + z) * (1 + z))],
  arctan: (z: number) => [Math.atan(z), 1 / (1 + z * z), (-2 * z) / ((1 + z * z) * (1 + z * z))],
} satisfies Record<string, (z: number) => number[]>;

export const RESIDUAL_LOSS_NAMES = ['linear', 'softL1', 'huber', 'cauchy', 'arctan'] as const;

/** How `leastSquares` and `curveFit` count large residuals: squared (`linear`), or for less, as SciPy defines these losses. */
export type ResidualLoss = (typeof RESIDUAL_LOSS_NAMES)[number];

/**
 * s²·ρ(r²/s²) summed over residuals r. Where asked, what the slopes of each are multiplied with into `share`, so that their
 * squares are like the second derivative (Triggs et al. 2000, kept positive as SciPy does), and into `pull` what stands for the
 * residual beside them.
 */
export function robustSum(
  loss: Exclude<ResidualLoss, 'linear'>,
  scale: number,
  r: Float64Array,
  share?: Float64Array,
  pull?: Float64Array,
): number {
  const rho = RHO[loss];
  let sum = 0;
  for (let i = 0; i < r.length; i++) {
    const z = (r[i]! / scale) ** 2;
    const [value, first, second] = rho(z) as [number, number, number];
    sum += value;
    if (!share || !pull) continue;
    share[i] = Math.sqrt(Math.max(first + 2 * second * z, Number.EPSILON));
    pull[i] = (r[i]! * first) / share[i]!;
  }
  return scale * scale * sum;
}
