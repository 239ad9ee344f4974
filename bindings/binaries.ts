// Where binaries come from: from one of the files beside this one, as those say who put the library together. The build makes an
// entry for each (scripts/library.mjs), and all of them share the rest of the library.

/** A binary: of a precision, with which instructions. */
export type BinaryName = 'float32' | 'float32.relaxed' | 'float64' | 'float64.relaxed';

/** Its bytes, or what they were compiled to. */
export type Binary = Uint8Array<ArrayBuffer> | WebAssembly.Module;

type Source = (name: BinaryName) => Promise<Binary>;

let source: Source | undefined;

/** Takes binaries from a source from now on. */
export function takeBinariesFrom(given: Source): void {
  source = given;
}

/** A binary by its name. */
export async function binaryOf(name: BinaryName): Promise<Binary> {
  if (!source) throw new Error('nobody has said where binaries come from');
  return source(name);
}
