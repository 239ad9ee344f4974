// The binary of least squares.

import text from '../build/squares.text.js';
import { carried } from './carried.js';
import type { SquareCore } from './core.js';

export const squares = /* @__PURE__ */ carried<SquareCore>(text);

/** Its functions. @throws UnsupportedError */
export const squareCore = (): SquareCore => squares.working().core;
