// The numbers of weights among the bytes of a model's files.

import { FINITE, TEXT, fields, list } from '../../../../format/fields.js';
import { ModelFileError, shown } from '../../../../runtime/errors.js';
import { oneOf, value } from '../../../../runtime/options.js';
import { sizeOf } from '../../shapes.js';

/** A weight. */
export interface Weight {
  readonly shape: readonly number[];
  readonly values: Float32Array<ArrayBuffer>;
}

/** Bytes of a number. */
const BYTES = { float32: 4, int32: 4, bool: 1, uint8: 1, uint16: 2, float16: 2 } as const;

type Stored = keyof typeof BYTES;

const SHAPE = value<readonly number[] | undefined>(
  'an array of whole numbers',
  (v) => Array.isArray(v) && v.every((n) => Number.isInteger(n) && n >= 0),
  undefined,
);
const ANY = value<unknown>('anything', () => true, null);

const SPEC = { name: TEXT, shape: SHAPE, dtype: TEXT, group: ANY, quantization: ANY };

const QUANTIZED = oneOf(['uint8', 'uint16', 'float16'] as const, undefined);

/** How bytes become numbers: v·scale + min of what is stored. */
interface Code {
  readonly stored: Stored;
  readonly scale: number;
  readonly min: number;
}

function codeOf(dtype: string, quantization: unknown, what: string): Code {
  if (quantization === null || quantization === undefined) {
    if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool')
      throw new ModelFileError(`${what} is of dtype ${shown(dtype)}; expected float32`);
    return { stored: dtype, scale: 1, min: 0 };
  }
  const { dtype: stored } = fields(`${what}.quantization`, { dtype: QUANTIZED }, only(quantization, ['dtype']));
  if (stored === 'float16') return { stored, scale: 1, min: 0 };
  return { stored, ...fields(`${what}.quantization`, { scale: FINITE, min: FINITE }, only(quantization, ['scale', 'min'])) };
}

/** The fields of these names: files may have others. */
function only(object: unknown, names: readonly string[]): unknown {
  if (typeof object !== 'object' || object === null || Array.isArray(object)) return object;
  return Object.fromEntries(names.flatMap((name) => (Object.hasOwn(object, name) ? [[name, Reflect.get(object, name)]] : [])));
}

/** A number of IEEE 754's binary16. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The stored number at a place, by the kind. */
const READ: { readonly [S in Stored]: (view: DataView, at: number) => number } = {
  float32: (view, at) => view.getFloat32(at, true),
  int32: (view, at) => view.getInt32(at, true),
  bool: (view, at) => view.getUint8(at),
  uint8: (view, at) => view.getUint8(at),
  uint16: (view, at) => view.getUint16(at, true),
  float16: (view, at) => half(view.getUint16(at, true)),
};

/** What a list of weights says, and the bytes behind it. */
export interface WeightGroup {
  readonly specs: unknown;
  readonly bytes: Uint8Array;
}

/** Weights by name, without an optimiser's. @throws ModelFileError where bytes are missing or left over, or no numbers */
export function weightsIn(groups: readonly WeightGroup[]): Map<string, Weight> {
  const weights = new Map<string, Weight>();
  for (const { specs, bytes } of groups) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    for (const [i, spec] of list(specs, 'weights').entries()) {
      const what = `weights[${i}]`;
      const { name, shape, dtype, group, quantization } = fields(what, SPEC, only(spec, Object.keys(SPEC)));
      const { stored, scale, min } = codeOf(dtype, quantization, `weight ${shown(name)}`);
      const size = sizeOf(shape);
      const end = at + size * BYTES[stored];
      if (!(end <= bytes.length)) {
        throw new ModelFileError(
          `weight ${shown(name)}: [${shape}] takes ${size * BYTES[stored]} bytes; there are ${bytes.length - at}`,
        );
      }
      if (group !== 'optimizer') {
        if (weights.has(name)) throw new ModelFileError(`weight ${shown(name)} is there twice`);
        const values = new Float32Array(size);
        for (let k = 0; k < size; k++) values[k] = READ[stored](view, at + k * BYTES[stored]) * scale + min;
        const odd = values.findIndex((v) => !Number.isFinite(v));
        if (odd >= 0) throw new ModelFileError(`weight ${shown(name)}: element ${odd} is ${values[odd]}`);
        weights.set(name, { shape, values });
      }
      at = end;
    }
    if (at !== bytes.length) throw new ModelFileError(`weights end after ${at} bytes; there are ${bytes.length}`);
  }
  return weights;
}
