// A worker that trains on our backend, and says how far from tfjs's cpu backend it ends.

import { BACKEND, register } from '../../../src/compat/tfjs-backend/index.js';
import { apart } from './programs.js';

register();
apart(BACKEND).then(
  (distance) => self.postMessage({ distance }),
  (error: unknown) => self.postMessage({ error: String(error) }),
);
