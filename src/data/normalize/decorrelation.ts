// How rows are to be decorrelated: what options say of it, apart from the work, which few programs need.

import { checked, number, oneOf } from '../../runtime/options.js';

/** Options of `normalize.decorrelate`. */
export interface DecorrelateOptions {
  /**
   * 'pca': outputs are the principal directions, by falling variance, those without variance dropped (the Karhunen-Loève
   * expansion of 4.3). 'zca': turned back after scaling, as many outputs as inputs, each as close to its input as can be. Default
   * 'pca'.
   */
  by?: 'pca' | 'zca';
  /**
   * 'correlation' divides columns by their deviations first; for columns of different units. Default 'covariance', as in the
   * chapter.
   */
  of?: 'covariance' | 'correlation';
  /** ε ≥ 0, added to variances before dividing: directions with less are not blown up, and none is dropped (but those
   * that fewer rows than columns do not show). Default 0. */
  epsilon?: number;
  /** The most directions kept, the largest first. Default: all that have variance. */
  components?: number;
}

const DECORRELATE = {
  by: oneOf(['pca', 'zca'], 'pca'),
  of: oneOf(['covariance', 'correlation'], 'covariance'),
  epsilon: number({ min: 0, below: Infinity }, 0),
  components: number({ min: 1, integer: true }, undefined),
};

/** How rows are to be decorrelated. */
export interface Decorrelation {
  readonly by: 'pca' | 'zca';
  readonly of: 'covariance' | 'correlation';
  readonly epsilon: number;
  readonly components: number | undefined;
}

/** @throws OptionError */
export function decorrelation(options: DecorrelateOptions | undefined): Decorrelation {
  return checked('normalize.decorrelate', DECORRELATE, options);
}
