// Loading the arithmetic ahead of time, or from elsewhere.

import type { WasmSource } from '../../bindings/load.js';
import { engineOf, engineOfSource } from './engines.js';
import type { Numerics } from '../../bindings/core.js';
import type { Precision } from '../../bindings/memory.js';
import { NUMERICS } from './numerics.js';
import { checked, oneOf, value } from './options.js';

const OPTIONS = {
  wasm: value<WasmSource | undefined>(
    'a Response, a WebAssembly.Module, or the bytes of a binary',
    (v) => typeof v === 'object' && v !== null,
    undefined,
  ),
  precision: oneOf(['float32', 'float64'], 'float32'),
  numerics: NUMERICS,
};

/** What `init` loads, and from where. */
export interface InitOptions {
  /**
   * The binary: `fetch('…/float32.wasm')`, compiled while it arrives; a Module; or bytes. Default: the copy inside the package.
   */
  wasm?: WasmSource;
  /** Which precision's binary it is. Default 'float32'. */
  precision?: Precision;
  /** Default 'fast': the relaxed binary where the runtime fuses multiply-adds, else the strict one. */
  numerics?: Numerics;
}

/**
 * Loads and compiles a precision's arithmetic, so that the first network does not have to wait for it. Without this call the
 * package's own copy is loaded when first needed. Only `curvature` of a float32 network needs it, with `precision: 'float64'`: it
 * is measured in float64, at once, and what has to be loaded for that cannot be awaited there.
 * @throws UnsupportedError if it does not compile, or is not this version's binary; OptionError
 */
export async function init(options?: InitOptions): Promise<void> {
  const { wasm, precision, numerics } = checked('init', OPTIONS, options);
  await (wasm === undefined ? engineOf(precision, numerics, 'common') : engineOfSource(precision, numerics, wasm));
}
