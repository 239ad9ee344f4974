// What is loaded for data where it is needed.

import { Part } from '../../bindings/part.js';

export const CALIBRATING = new Part('probabilities of outputs', () => import('./calibrating.js'));
