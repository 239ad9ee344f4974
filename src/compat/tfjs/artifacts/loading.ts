// Networks are loaded where somebody reads a model: programs that train models of TensorFlow.js need none.

import { Part } from '../../../../bindings/part.js';

export const NETWORK = new Part('networks', () => import('./network.js'));
