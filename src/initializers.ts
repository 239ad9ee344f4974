// Initial weights: by fan-in m, the number of inputs to a unit (Efficient BackProp 4.6).

/** Variance times fan-in, and the shape of the distribution. */
const INITIALIZERS = {
  /** Normal with standard deviation m^−½: (16). */
  lecunNormal: { variance: 1, shape: 'normal' },
  /** Uniform on ±√(3/m): the same standard deviation. */
  lecunUniform: { variance: 1, shape: 'uniform' },
  /** Normal with variance 2/m, for rectifiers (He et al. 2015). */
  heNormal: { variance: 2, shape: 'normal' },
  /** Uniform on ±√(6/m). */
  heUniform: { variance: 2, shape: 'uniform' },
} as const;

export type Initializer = keyof typeof INITIALIZERS;

export const INITIALIZER_NAMES = Object.keys(INITIALIZERS) as Initializer[];

/** Standard deviation, or half-width of the interval, for a fan-in. */
export function initialSpread(init: Initializer, fanIn: number): { shape: 'normal' | 'uniform'; spread: number } {
  const { variance, shape } = INITIALIZERS[init];
  const deviation = Math.sqrt(variance / Math.max(fanIn, 1));
  return { shape, spread: shape === 'normal' ? deviation : deviation * Math.sqrt(3) };
}
