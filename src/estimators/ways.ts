// Ways of training that few programs take, each loaded when it is taken.

import { Part } from '../../bindings/part.js';

export const CONTINUING = new Part('partialFit', () => import('./partial-fit.js'));
export const STREAMING = new Part('chunks of rows', () => import('./streaming.js'));
