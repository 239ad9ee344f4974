// What users can choose among, by name.

/**
 * How β follows from gradients: Fletcher-Reeves, Polak-Ribière kept ≥ 0, Hestenes-Stiefel, or Powell and Beale's restarts with
 * the second.
 */
export const BETAS = ['fletcherReeves', 'polakRibiere', 'hestenesStiefel', 'powellBeale'] as const;
export type Beta = (typeof BETAS)[number];

/** Line searches: for both of Wolfe's conditions, or the first alone. */
export const LINE_SEARCHES = ['wolfe', 'armijo'] as const;
export type LineSearch = (typeof LINE_SEARCHES)[number];

/**
 * What to do with a step that shows no positive curvature: learn nothing from it, or as much as keeps the matrix positive
 * definite (Powell 1978).
 */
export const SECANT_UPDATES = ['skip', 'damped'] as const;
export type SecantUpdate = (typeof SECANT_UPDATES)[number];

/**
 * What μ multiplies: the identity (Levenberg), the diagonal of JᵀJ (Marquardt), or the largest that each entry of it has been
 * (Moré).
 */
export const DAMPING_SCALINGS = ['identity', 'marquardt', 'more'] as const;
export type DampingScaling = (typeof DAMPING_SCALINGS)[number];

/** How μ changes: by muInc and muDec, or by how well the quadratic model predicted the decrease (Nielsen 1999). */
export const DAMPING_RULES = ['tenfold', 'nielsen'] as const;
export type DampingRule = (typeof DAMPING_RULES)[number];

/** Methods of `minimize`. */
export const MINIMIZE_METHODS = [
  'bfgs',
  'lbfgs',
  'conjugateGradient',
  'scaledConjugateGradient',
  'newton',
  'truncatedNewton',
  'oneStepSecant',
] as const;

/** The methods of `minimize`. */
export type MinimizeMethod = (typeof MINIMIZE_METHODS)[number];
