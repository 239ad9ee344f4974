// What decorrelates is loaded where it is asked for, or a file has it.

import { Part } from '../../../bindings/part.js';

export const DECORRELATING = new Part('decorrelation', () => import('./decorrelating.js'));
