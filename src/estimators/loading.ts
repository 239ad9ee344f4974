// What estimators load when it is needed.

import { Part } from '../../bindings/part.js';

export const JOURNALS = new Part('fits of estimators that are taken up', () => import('./journal.js'));
export const SAID = new Part('what is said of data', () => import('./said.js'));
export const RESTORING = new Part('reading an estimator', () => import('./file/reading.js'));
export const RIDGE = new Part('linear models', () => import('./ridge.js'));
