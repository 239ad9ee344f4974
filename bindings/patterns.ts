// The binary whose networks learn pattern by pattern.

import type { PatternCore } from '../build/abi.js';
import text from '../build/patterns.text.js';
import { carried } from './carried.js';

export type { PatternCore };

export const patterns = /* @__PURE__ */ carried<PatternCore>(text);

/** Its functions. @throws UnsupportedError */
export const patternCore = (): PatternCore => patterns.working().core;
