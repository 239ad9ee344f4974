// A worker that trains on our backend, and says how far from tfjs's cpu backend each program ends.

import { BACKEND, register } from '../../../src/compat/tfjs-backend/index.js';
import { apart } from './programs.js';

register();
apart(BACKEND).then(
  (distances) => self.postMessage({ distances }),
  (error: unknown) => self.postMessage({ error: String(error) }),
);
