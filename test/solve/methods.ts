// Methods of `minimize`, as tests go through them.

import type { MinimizeMethod } from '../../src/index.js';

export const MINIMIZE_METHODS = [
  'bfgs',
  'lbfgs',
  'conjugateGradient',
  'scaledConjugateGradient',
  'newton',
  'truncatedNewton',
  'oneStepSecant',
] as const satisfies readonly MinimizeMethod[];
