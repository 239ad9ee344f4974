// What is loaded for model files: reading them takes checks that writing does not, and pages have no files at all.

import { Part } from '../../bindings/part.js';

export const READING = new Part('reading a model', () => import('./reading.js'));
export const STATES = new Part('a saved state', () => import('./state.js'));
export const FILES = new Part('files', () => import('./file.js'));
