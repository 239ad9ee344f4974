// Where binaries come from: from one of the files beside this one, as those say who put the library together. The build makes an
// entry for each (scripts/library.mjs), and all of them share the rest of the library.

import { EfficientBackpropError, LoadError } from './errors.js';

/**
 * A binary: of a precision, with which instructions. `common` is what common programs take of float32's, which these others have
 * as well.
 */
export type BinaryName = WholeName | CommonName;
type CommonName = 'common' | 'common.relaxed';
export type WholeName = 'float32' | 'float32.relaxed' | 'float64' | 'float64.relaxed';

/** Its bytes, or what they were compiled to. */
export type Binary = Uint8Array<ArrayBuffer> | WebAssembly.Module;

type Source<Name> = (name: Name) => Promise<Binary>;

let source: Source<BinaryName> | undefined;
let common = false;

/** Takes whole binaries from a source from now on. */
export function takeBinariesFrom(given: Source<WholeName>): void {
  source = given as Source<BinaryName>;
  common = false;
}

/** Takes binaries from a source that has common ones, too. */
export function takeAllBinariesFrom(given: Source<BinaryName>): void {
  source = given;
  common = true;
}

/** Whether there are common binaries. */
export function hasCommon(): boolean {
  return common;
}

/** A binary by its name. @throws LoadError; UnsupportedError */
export async function binaryOf(name: BinaryName): Promise<Binary> {
  if (!source) throw new Error('nobody has said where binaries come from');
  try {
    return await source(name);
  } catch (cause) {
    if (cause instanceof EfficientBackpropError) throw cause;
    throw new LoadError(`arithmetic in ${name}`, cause instanceof Error ? cause.message : String(cause), cause);
  }
}
