// What is loaded for data where it is needed.

import { Part } from '../../bindings/part.js';

export const CALIBRATING = new Part('probabilities of outputs', () => import('./calibrating.js'));
export const SPECIAL_COLUMNS = new Part('dates and columns with options', () => import('./special-columns.js'));
export const APART = new Part('rows held out by time or by groups', () => import('./apart.js'));
