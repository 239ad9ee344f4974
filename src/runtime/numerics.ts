// The option `numerics`, of all that computes.

import type { Numerics } from '../../bindings/core.js';
import { oneOf } from './options.js';

export const NUMERICS = oneOf<Numerics, Numerics>(['fast', 'strict'], 'fast');
