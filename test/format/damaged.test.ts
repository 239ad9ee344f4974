// Files that are damaged, cut off, foreign or hostile: a ModelFileError, or a model that is whole; never anything else.

import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { heap } from '../../bindings/memory.js';
import { type AnyModel, Classifier, ModelFileError, Network, Regressor, dense, loadModel } from '../../src/index.js';
import { birds, normals } from '../data/synthetic.js';
import { runs } from '../thorough.js';
import { unchecked } from './unchecked.js';

const X = normals(2, 30, 3);
const { records, labels } = birds(3, 40);

const files: Record<string, Uint8Array<ArrayBuffer>> = {};
let classifier: Classifier;

beforeAll(async () => {
  const quick = { hidden: 3, weightDecay: 0.01, epochs: 2, seed: 9 } as const;
  const layers = [dense(4, { activation: 'elu' }), dense(2)];
  const net = await Network.create({ inputs: 3, layers, loss: 'meanSquaredError', seed: 1 });
  files['network'] = net.toBytes({ metadata: { note: 'x' } });
  net.dispose();
  classifier = await Classifier.fit(records, labels, quick);
  files['classifier'] = classifier.toBytes();
  const regressor = await Regressor.fit(X, X, { ...quick, precision: 'float64' });
  files['regressor'] = regressor.toBytes();
  regressor.dispose();
});

/** Files whose checksum is not what is put to the test. */
const unsummed = new WeakSet<Uint8Array>();

/** What loading gives: an error, or nothing where there was a model, which is made to work and disposed of. */
async function load(bytes: Uint8Array): Promise<unknown> {
  const used = heap.used;
  try {
    const model = await loadModel(bytes, unsummed.has(bytes) ? { checksum: 'ignore' } : {});
    use(model);
    model.dispose();
    return undefined;
  } catch (error) {
    return error;
  } finally {
    expect(heap.used).toBeLessThanOrEqual(used);
  }
}

/** A model that loads is whole: it can be saved, and it predicts or refuses, with an error of the library's. */
function use(model: AnyModel): void {
  expect(model.toBytes().length).toBeGreaterThan(100);
  try {
    if (model instanceof Network) model.predict(Array.from({ length: 2 }, () => new Array(model.inputs).fill(0.5)));
    else model.predict((model instanceof Classifier ? records.slice(0, 3) : X.slice(0, 3)) as never);
  } catch (error) {
    expect((error as Error).name).toBe('DataError');
  }
}

async function expectRefused(bytes: Uint8Array, message?: RegExp): Promise<void> {
  const error = await load(bytes);
  expect(error).toBeInstanceOf(ModelFileError);
  if (message) expect((error as Error).message).toMatch(message);
}

/** A container of any header and data, well-formed or not. */
function container(header: unknown, data: Uint8Array | number = 0, length?: bigint): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const tail = typeof data === 'number' ? new Uint8Array(data) : data;
  const bytes = new Uint8Array(8 + json.length + tail.length);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(tail, 8 + json.length);
  return bytes;
}

interface Header {
  __metadata__: Record<string, string>;
  [tensor: string]: unknown;
}

/** What is changed in configurations below. */
interface Config {
  layers: { type: string; activation: string; units: number }[];
  loss: string;
  precision: string;
  coding: { classes: unknown[]; scalings: unknown[] };
  encoder: { columns: unknown[] };
}

/** A file with its header changed, and without its checksum, so that what reads the header is put to the test. */
function edited(name: string, change: (header: Header, config: Config) => unknown): Uint8Array<ArrayBuffer> {
  const bytes = files[name]!;
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Header;
  const config = JSON.parse(header.__metadata__['config']!);
  const result = change(header, config);
  header.__metadata__['config'] = typeof result === 'string' ? result : JSON.stringify(config);
  delete header.__metadata__['checksum'];
  const file = container(header, bytes.subarray(8 + length));
  unsummed.add(file);
  return file;
}

test('untouched files load', async () => {
  for (const [name, bytes] of Object.entries(files)) {
    expect(await load(bytes)).toBeUndefined();
    expect(await load(edited(name, () => {}))).toBeUndefined();
  }
});

describe('cut off or too long', () => {
  test('at every one of many places', async () => {
    for (const bytes of Object.values(files)) {
      const places = new Set([0, 1, 7, 8, 9, 10, bytes.length - 1]);
      for (let i = 0; i < 60; i++) places.add(Math.floor((i * bytes.length) / 60));
      for (const place of places) await expectRefused(bytes.subarray(0, place));
      await expectRefused(bytes.subarray(0, bytes.length - 1), /cut off/);
      await expectRefused(Uint8Array.of(...bytes, 0), /1 bytes follow/);
    }
  });

  test('empty, or of zeros', async () => {
    await expectRefused(new Uint8Array(0), /0 bytes/);
    await expectRefused(new Uint8Array(8));
    await expectRefused(new Uint8Array(4096));
    await expectRefused(new Uint8Array(4096).fill(255));
  });
});

describe('flipped bits', () => {
  test('none anywhere goes unnoticed', async () => {
    for (const [name, bytes] of Object.entries(files)) {
      for (let place = 0; place < bytes.length; place += 5) {
        const damaged = bytes.slice();
        damaged[place]! ^= 1 << (place % 8);
        const error = await loadModel(damaged).catch((error: unknown) => error);
        expect(error, `${name}: bit ${place % 8} of byte ${place}`).toBeInstanceOf(ModelFileError);
      }
      const data = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
      for (const from of [data, bytes.length - 12]) await expectRefused(bytes.slice().fill(0, from, from + 12), /checksum/);
    }
  });

  test('without a checksum a whole model or a ModelFileError', async () => {
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('network', 'classifier', 'regressor'),
        fc.array(fc.tuple(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), fc.integer({ min: 0, max: 255 })), {
          minLength: 1,
          maxLength: 4,
        }),
        async (name, flips) => {
          const bytes = edited(name, () => {});
          for (const [place, value] of flips) bytes[Math.floor(place * bytes.length)] = value;
          const error = await load(bytes);
          if (error === undefined) return;
          refused++;
          expect(error).toBeInstanceOf(ModelFileError);
        },
      ),
      { numRuns: runs(500, 1500) },
    );
    expect(refused).toBeGreaterThan(runs(100, 300));
  });

  test('random bytes after a plausible beginning', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), fc.uint8Array({ maxLength: 64 }), async (json, data) => {
        expect(await load(container(json, data))).toBeInstanceOf(ModelFileError);
      }),
      { numRuns: 300 },
    );
  });
});

describe('any part replaced by any JSON', () => {
  /** All places in a value, as paths. */
  function places(value: unknown, at: (string | number)[] = []): (string | number)[][] {
    if (value === null || typeof value !== 'object') return [at];
    const inner = Array.isArray(value) ? value.slice(0, 2).map((v, i) => [i, v] as const) : Object.entries(value);
    return [at, ...inner.flatMap(([key, v]) => places(v, [...at, key]))];
  }
  function put(root: unknown, [key, ...rest]: (string | number)[], value: unknown): unknown {
    if (key === undefined) return value;
    const copy = (Array.isArray(root) ? [...root] : { ...(root as object) }) as Record<string | number, unknown>;
    copy[key] = put(copy[key], rest, value);
    return copy;
  }
  const hostile = fc.constantFrom<unknown>(
    null,
    {},
    [],
    '',
    'x',
    0,
    -1,
    0.5,
    1e308,
    2 ** 31,
    2 ** 24,
    true,
    { toString: 1 },
    { constructor: { name: { toString: 1 } } },
    { length: 3 },
    [[]],
    [null],
    [{ toString: null }],
    'constructor',
    '__proto__',
    JSON.parse('{"__proto__": {"polluted": 1}}'),
  );
  const anything = fc.oneof(hostile, fc.jsonValue());

  test.each(['network', 'classifier', 'regressor'])('in the configuration of a %s', async (name) => {
    let config: unknown;
    edited(name, (_, c) => {
      config = c;
    });
    const all = places(config);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...all), anything, async (at, value) => {
        const error = await load(edited(name, () => JSON.stringify(put(config, at, value))));
        if (error !== undefined) expect(error).toBeInstanceOf(ModelFileError);
      }),
      { numRuns: runs(300, 1500) },
    );
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test('in a model as JSON', async () => {
    const json = unchecked(classifier);
    const all = places(json);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...all), anything, async (at, value) => {
        const used = heap.used;
        try {
          const model = await Classifier.fromJSON(put(json, at, value) as never);
          use(model);
          model.dispose();
        } catch (error) {
          expect(error).toBeInstanceOf(ModelFileError);
        }
        expect(heap.used).toBeLessThanOrEqual(used);
      }),
      { numRuns: runs(300, 1500) },
    );
    for (const nothing of [undefined, null, 1, 'x', [], {}, JSON.stringify(classifier)]) {
      await expect(Classifier.fromJSON(nothing as never)).rejects.toThrow(ModelFileError);
      await expect(Network.fromJSON(nothing as never)).rejects.toThrow(ModelFileError);
      await expect(Regressor.fromJSON(nothing as never)).rejects.toThrow(ModelFileError);
    }
  });

  test('in the header', async () => {
    let header: unknown;
    edited('network', (h) => {
      header = h;
    });
    const data = files['network']!.subarray(8 + Number(new DataView(files['network']!.buffer).getBigUint64(0, true)));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...places(header)), anything, async (at, value) => {
        const error = await load(container(put(header, at, value), data));
        if (error !== undefined) expect(error).toBeInstanceOf(ModelFileError);
      }),
      { numRuns: runs(300, 1000) },
    );
  });
});

describe('what is wrong is said', () => {
  const tensor = (header: Header, name: string) => header[name] as { dtype: string; shape: number[]; data_offsets: number[] };
  const cases: [string, () => Uint8Array, RegExp][] = [
    ['text', () => new TextEncoder().encode('species,bill_length\nAdelie,39.1\n'), /not a safetensors file/],
    ['an image', () => Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0xd, 0xa, 0x1a, 0xa, 0, 0, 0, 13), /not a safetensors file/],
    ['a header of 2^63 bytes', () => container('{}', 0, 2n ** 63n), /not a safetensors file/],
    ['a header of 99 MB', () => container('{}', 0, 99_000_000n), /cut off: its header has 99000000/],
    ['a header longer than the file', () => container('{}', 0, 3n), /cut off: its header has 3/],
    ['no JSON', () => container('{"a": }'), /not valid JSON/],
    ['no UTF-8', () => container('{"\u00ff"}').map((b) => (b === 0xc3 ? 0xff : b)), /not valid JSON/],
    [
      'a foreign file',
      () => container({ w: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }, 4),
      /not one that this library wrote/,
    ],
    ['a foreign type', () => container({ w: { dtype: 'BF16', shape: [1], data_offsets: [0, 2] } }, 2), /BF16.*F32 or F64/],
    [
      'a type that is an object',
      () => container({ w: { dtype: { toString: 1 }, shape: [1], data_offsets: [0, 4] } }, 4),
      /of type an object/,
    ],
    [
      'metadata that are no strings',
      () => edited('network', (h) => void (h.__metadata__['x'] = 1 as never)),
      /not made of strings/,
    ],
    ['a newer version', () => edited('network', (h) => void (h.__metadata__['version'] = '5')), /version 5.*up to 4; update/],
    ['no version', () => edited('network', (h) => void delete h.__metadata__['version']), /version is NaN/],
    ['version 0', () => edited('network', (h) => void (h.__metadata__['version'] = '0')), /version is 0/],
    ['another kind', () => edited('network', (h) => void (h.__metadata__['kind'] = 'forest')), /kind is "forest"/],
    [
      'a kind by inheritance',
      () => edited('network', (h) => void (h.__metadata__['kind'] = 'constructor')),
      /kind is "constructor"/,
    ],
    ['a wrong kind', () => edited('network', (h) => void (h.__metadata__['kind'] = 'classifier')), /damaged/],
    ['no configuration', () => edited('network', () => 'null'), /config is null/],
    ['a broken configuration', () => edited('network', () => '{'), /config is not valid JSON/],
    ['an unknown layer', () => edited('network', (_, c) => void (c.layers[0]!.type = 'rbf')), /layers\[0\].*rbf/],
    ['an unknown activation', () => edited('network', (_, c) => void (c.layers[0]!.activation = 'swoosh')), /activation.*swoosh/],
    [
      'a layer of 2^24 units',
      () => edited('network', (_, c) => void (c.layers[0]!.units = 2 ** 24)),
      /shape \[3, 4\]; expected \[3, 16777216\]/,
    ],
    [
      'softmax in the middle',
      () => edited('network', (_, c) => void (c.layers[0]!.activation = 'softmax')),
      /softmax only in the last layer|slope/,
    ],
    ['another loss', () => edited('network', (_, c) => void (c.loss = 'crossEntropy')), /crossEntropy requires/],
    ['another precision', () => edited('network', (_, c) => void (c.precision = 'float64')), /is not float64/],
    [
      'a tensor missing',
      () =>
        edited('network', (h) => {
          h['other'] = h['layers.0.bias'];
          delete h['layers.0.bias'];
        }),
      /tensor layers.0.bias is missing/,
    ],
    [
      'a tensor too many',
      () => edited('network', (h) => void (h['more'] = { dtype: 'F32', shape: [0], data_offsets: [0, 0] })),
      /5 tensors; expected 4/,
    ],
    [
      'another shape',
      () => edited('network', (h) => void (tensor(h, 'layers.0.kernel').shape = [4, 3])),
      /shape \[4, 3\]; expected \[3, 4\]/,
    ],
    [
      'a shape of 2^53 elements',
      () => edited('network', (h) => void (tensor(h, 'layers.0.kernel').shape = [2 ** 30, 2 ** 30])),
      /does not fit its shape/,
    ],
    [
      'a negative shape',
      () => edited('network', (h) => void (tensor(h, 'layers.0.kernel').shape = [-3, -4])),
      /does not fit its shape/,
    ],
    [
      'offsets backwards',
      () => edited('network', (h) => void tensor(h, 'layers.0.kernel').data_offsets.reverse()),
      /does not fit its shape/,
    ],
    [
      'offsets beyond the end',
      () => edited('network', (h) => void (tensor(h, 'layers.1.bias').data_offsets = [1e9, 1e9 + 8])),
      /cut off: tensor layers.1.bias/,
    ],
    [
      'tensors that overlap',
      () => edited('network', (h) => void (tensor(h, 'layers.1.kernel').data_offsets = [0, 32])),
      /overlaps/,
    ],
  ];
  test.each(cases)('%s', async (_, make, message) => {
    await expectRefused(make(), message);
  });

  test.each(['Number.NaN', 'Infinity'])('weights of %s', async (which) => {
    const bytes = edited('network', () => {});
    new DataView(bytes.buffer).setFloat32(bytes.length - 4, which === 'Infinity' ? Infinity : Number.NaN, true);
    await expectRefused(bytes, /layers.1.bias.*not a finite number/);
  });

  test('a network that does not fit its columns or classes', async () => {
    await expectRefused(
      edited('classifier', (_, c) => void c.coding.classes.push('Emperor')),
      /does not fit/,
    );
    await expectRefused(
      edited('classifier', (_, c) => void c.encoder.columns.pop()),
      /does not fit/,
    );
    await expectRefused(
      edited('regressor', (_, c) => void c.coding.scalings.pop()),
      /does not fit/,
    );
  });

  test('one kind is not taken for another', async () => {
    const json = unchecked(classifier);
    await expect(Network.fromJSON(json)).rejects.toThrow(/a classifier, not a network/);
    await expect(Regressor.fromJSON(json)).rejects.toThrow(/a classifier, not a regressor/);
    await expect(Classifier.fromJSON({ ...json, kind: 'regressor' })).rejects.toThrow(/a regressor, not a classifier/);
  });

  test('deep JSON does not overflow the stack', async () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    await expectRefused(container(`{"w": {"dtype": ${deep}, "shape": [1], "data_offsets": [0, 4]}}`, 4));
    await expectRefused(container(`{"w": {"dtype": "F32", "shape": ${deep}, "data_offsets": [0, 4]}}`, 4));
    await expectRefused(edited('classifier', () => `{"options": ${deep}}`));
    await expectRefused(edited('classifier', (_, c) => JSON.stringify(c).replace(/"kind":"number"/, `"kind":${deep}`)));
  });
});
