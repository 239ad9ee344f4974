// Models into bytes, files and JSON, and back: bit for bit, in a container that others can read.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { heap } from '../../bindings/memory.js';
import {
  Classifier,
  FileError,
  Network,
  type NetworkOptions,
  OptionError,
  Regressor,
  dense,
  levenbergMarquardt,
  type AnyModel,
  loadModel,
} from '../../src/index.js';
import { birds, blobs, normals } from '../data/synthetic.js';
import { unchecked } from './unchecked.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'efficient-backprop-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const living: AnyModel[] = [];
afterEach(() => {
  for (const model of living.splice(0)) model.dispose();
});
function kept<M extends AnyModel>(model: M): M {
  living.push(model);
  return model;
}

const X = normals(2, 40, 3);

const NETWORKS: [string, NetworkOptions][] = [
  ...(['float32', 'float64'] as const).map((precision): [string, NetworkOptions] => [
    `every activation in ${precision}`,
    {
      inputs: 3,
      layers: [
        dense(4, { activation: 'tanh', init: 'lecunUniform' }),
        dense(5, { activation: 'lecunTanh', bias: false }),
        dense(4, { activation: 'twistedTanh', slope: 0.0625 }),
        dense(3, { activation: 'sigmoid' }),
        dense(4, { activation: 'relu' }),
        dense(4, { activation: 'leakyRelu', slope: 0 }),
        dense(3, { activation: 'elu', slope: 0.1 }),
        dense(4, { activation: 'gelu', init: 'heUniform' }),
        dense(4, { activation: 'softplus' }),
        dense(4),
        dense(2, { activation: 'softmax', bias: false }),
      ],
      loss: 'crossEntropy',
      precision,
      seed: Number.MAX_SAFE_INTEGER,
    },
  ]),
  ['hinge', { inputs: 3, layers: [dense(1)], loss: 'hinge', seed: 0 }],
  ['questions', { inputs: 3, layers: [dense(2, { activation: 'sigmoid' })], loss: 'binaryCrossEntropy', precision: 'float64' }],
  ['absolute errors', { inputs: 3, layers: [dense(1, { bias: false })], loss: 'meanAbsoluteError', seed: 5 }],
];

/** The same model by every way there is. */
async function copies(model: AnyModel): Promise<AnyModel[]> {
  const file = path.join(folder, 'copy.safetensors');
  await model.save(file);
  const bytes = model.toBytes();
  expect(new Uint8Array(readFileSync(file))).toEqual(bytes);
  const Kind = model.constructor as typeof Network;
  const json = JSON.parse(JSON.stringify(model)) as ReturnType<Network['toJSON']>;
  // A view into something longer, at an odd place.
  const odd = new Uint8Array(bytes.length + 7);
  odd.set(bytes, 3);
  return Promise.all([
    loadModel(file),
    loadModel(bytes),
    loadModel(bytes.buffer),
    loadModel(Buffer.from(bytes)),
    loadModel(odd.subarray(3, 3 + bytes.length)),
    Kind.fromJSON(model.toJSON()),
    Kind.fromJSON(json),
  ]);
}

test.each(NETWORKS)('a network comes back bit for bit: %s', async (_, options) => {
  const net = kept(await Network.create(options));
  await net.fit(
    X,
    X.map((_, r) => Array.from({ length: net.outputs }, (_, o) => (options.loss === 'hinge' ? 1 : r % 2 === o ? 1 : 0))),
    { epochs: 2 },
  );
  const again = await copies(net);
  for (const copy of again as Network[]) {
    kept(copy);
    expect(copy).toBeInstanceOf(Network);
    expect(copy.getWeights()).toEqual(net.getWeights());
    expect(copy.predict(X)).toEqual(net.predict(X));
    expect(copy.layers).toEqual(net.layers);
    expect([copy.inputs, copy.loss, copy.precision, copy.seed]).toEqual([net.inputs, net.loss, net.precision, net.seed]);
    expect(copy.toBytes()).toEqual(net.toBytes());
    expect(JSON.stringify(copy)).toBe(JSON.stringify(net));
  }
  // And goes on training as the original does.
  const [one] = again as [Network];
  const T = X.map(() => new Array(net.outputs).fill(options.loss === 'crossEntropy' ? 1 / net.outputs : 1));
  expect((await one.fit(X, T, { epochs: 2 })).loss).toEqual((await net.fit(X, T, { epochs: 2 })).loss);
});

test('negative zero and subnormal weights survive', async () => {
  const net = kept(await Network.create({ inputs: 3, layers: [dense(1)], loss: 'meanSquaredError', precision: 'float64' }));
  const weights = [[-0, 5e-324, -Number.MAX_VALUE], [0.1]];
  net.setWeights(weights);
  for (const copy of (await copies(net)) as Network[]) {
    kept(copy);
    expect(Object.is(copy.getWeights()[0]![0], -0)).toBe(true);
    expect(copy.getWeights().map((w) => Array.from(w))).toEqual(weights);
  }
});

describe('estimators come back bit for bit', () => {
  const odd = ['__proto__', 'constructor', '', 'ünïcödé 🐧', 'toString'];
  const oddRows = X.map((row, r) =>
    JSON.parse(`{${odd.map((name, c) => `${JSON.stringify(name)}: ${row[c % 3]! + (c > 2 ? r % (c + 2) : 0)}`).join()}}`),
  );
  const { records, labels } = birds(3, 60);
  const dated = X.map(([a], r) => ({ when: new Date(r * 1e10), a: r % 9 ? a! : null, word: ['u', 'v', null][r % 3]! }));
  const quick = { hidden: 4, weightDecay: 0.01, epochs: 3, seed: 9 } as const;

  const made: [string, () => Promise<Exclude<AnyModel, Network>>, unknown][] = [
    ['records with gaps', () => Classifier.fit(records, labels, quick), records],
    ['chosen by itself', () => Classifier.fit(records, labels, { seed: 2, epochs: 4 }), records],
    [
      'odd names',
      () =>
        Classifier.fit(
          oddRows,
          X.map((_, r) => odd[r % 5]!),
          { ...quick, classes: [...odd.slice(0, 5)].sort() },
        ),
      oddRows,
    ],
    [
      'dates',
      () =>
        Regressor.fit(
          dated,
          X.map(([, b]) => b!),
          quick,
        ),
      dated,
    ],
    [
      'booleans',
      () =>
        Classifier.fit(
          X,
          X.map(([a]) => a! > 0),
          quick,
        ),
      X,
    ],
    [
      'numbers',
      () =>
        Classifier.fit(
          X,
          blobs(1, 40).y.map((c) => c / 7),
          { ...quick, precision: 'float64' },
        ),
      X,
    ],
    [
      'announced classes',
      () =>
        Classifier.fit(
          X,
          X.map(() => 'a'),
          { ...quick, classes: ['a', '__proto__'] },
        ),
      X,
    ],
    ['several outputs', () => Regressor.fit(X, X, { ...quick, precision: 'float64' }), X],
    [
      'one output in rows',
      () =>
        Regressor.fit(
          X,
          X.map(([a]) => [a!]),
          quick,
        ),
      X,
    ],
    [
      'in closed form',
      () =>
        Regressor.fit(
          X,
          X.map(([a]) => a!),
          { seed: 1, hidden: [] },
        ),
      X,
    ],
    [
      'early stopping',
      () =>
        Regressor.fit(
          X,
          X.map(([a]) => a!),
          { ...quick, validation: 0.3, earlyStopping: { patience: 2 } },
        ),
      X,
    ],
    [
      'a gap filled',
      () => Regressor.fit([...X, [Number.NaN, 1, 2]], [...X.map(([a]) => a!), 1], { ...quick, missing: 'mean' }),
      X,
    ],
    [
      'regularised by the data',
      () =>
        Regressor.fit(
          X,
          X.map(([a]) => a!),
          { hidden: [2], epochs: 5, seed: 1, method: levenbergMarquardt({ bayesian: true }) },
        ),
      X,
    ],
    [
      'begun by partialFit',
      () =>
        new Regressor(quick).partialFit(
          X,
          X.map(([a]) => a!),
        ),
      X,
    ],
  ];
  test.each(made)('%s', async (_, make, rows) => {
    const model = kept(await make());
    const predict = (m: Exclude<AnyModel, Network>) =>
      m instanceof Classifier ? [m.predict(rows as never), m.predictProbabilities(rows as never)] : m.predict(rows as never);
    const before = predict(model);
    for (const copy of (await copies(model)) as Exclude<AnyModel, Network>[]) {
      kept(copy);
      expect(copy.constructor).toBe(model.constructor);
      expect(predict(copy)).toEqual(before);
      expect(copy.columns).toEqual(model.columns);
      expect(copy.seed).toBe(model.seed);
      expect(copy.history).toEqual({ ...model.history, time: 0 });
      if (copy instanceof Classifier) expect(copy.classes).toEqual((model as Classifier).classes);
      expect(copy.toBytes()).toEqual(model.toBytes());
    }
    expect(predict(model)).toEqual(before);
  });

  test('and go on', async () => {
    const model = kept(await Classifier.fit(records, labels, quick));
    const copy = kept((await loadModel(model.toBytes())) as Classifier);
    await copy.partialFit(records, labels, { epochs: 20 });
    expect(copy.evaluate(records, labels).loss).toBeLessThan(model.evaluate(records, labels).loss);
    expect(() => copy.predict(records.map(({ sex: _, ...rest }) => rest))).toThrow(/"sex"/);
    await expect(
      copy.partialFit(
        records,
        labels.map(() => 'Emperor'),
      ),
    ).rejects.toThrow(/Emperor/);
  });
});

describe('the container', () => {
  /** As https://huggingface.co/docs/safetensors describes it, read without the library. */
  function parse(bytes: Uint8Array) {
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const length = Number(view.getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
    const { __metadata__: metadata, ...tensors } = header as Record<
      string,
      { dtype: string; shape: number[]; data_offsets: [number, number] }
    > & { __metadata__: Record<string, string> };
    return { length, metadata, tensors, data: bytes.subarray(8 + length), view };
  }

  test.each(['float32', 'float64'] as const)('is safetensors (%s)', async (precision) => {
    const net = kept(
      await Network.create({
        inputs: 3,
        layers: [dense(5, { bias: false }), dense(2)],
        loss: 'meanSquaredError',
        precision,
        seed: 1,
      }),
    );
    const bytes = net.toBytes({ metadata: { author: 'me' } });
    const { length, metadata, tensors, data, view } = parse(bytes);
    expect(length % 8).toBe(0);
    expect(bytes[8]).toBe('{'.charCodeAt(0));
    expect(metadata).toMatchObject({ format: 'efficient-backprop', version: '1', kind: 'network' });
    expect(JSON.parse(metadata['metadata']!)).toEqual({ author: 'me' });
    const [size, dtype] = precision === 'float32' ? [4, 'F32'] : [8, 'F64'];
    expect(Object.keys(tensors)).toEqual(['layers.0.kernel', 'layers.1.kernel', 'layers.1.bias']);
    let end = 0;
    Object.values(tensors).forEach((tensor, i) => {
      const weights = net.getWeights()[i]!;
      expect(tensor.dtype).toBe(dtype);
      expect(tensor.shape).toEqual([[3, 5], [5, 2], [2]][i]);
      expect(tensor.data_offsets).toEqual([end, end + weights.length * size]);
      weights.forEach((w, j) => {
        const at = 8 + length + end + j * size;
        expect(size === 4 ? view.getFloat32(at, true) : view.getFloat64(at, true)).toBe(w);
      });
      end += weights.length * size;
    });
    expect(data.length).toBe(end);
  });

  const python = (() => {
    try {
      execFileSync('python3', ['-c', 'import numpy, safetensors.numpy'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  })();
  test.skipIf(!python)('is read by Python', async () => {
    const net = kept(await Network.create({ inputs: 2, layers: [dense(3)], loss: 'meanSquaredError', seed: 1 }));
    const file = path.join(folder, 'python.safetensors');
    await net.save(file);
    const script = `import json, sys, safetensors.numpy as s
print(json.dumps({k: v.tolist() for k, v in s.load_file(sys.argv[1]).items()}))`;
    const found = JSON.parse(execFileSync('python3', ['-c', script, file], { encoding: 'utf8' }));
    const [kernel, bias] = net.getWeights().map((w) => Array.from(w));
    expect(found).toEqual({ 'layers.0.kernel': [kernel!.slice(0, 3), kernel!.slice(3)], 'layers.0.bias': bias });
  });

  test('the same model gives the same bytes; notes are kept, added to, and harmless', async () => {
    const net = kept(await Network.create({ inputs: 2, layers: [dense(3)], loss: 'meanSquaredError', seed: 1 }));
    const twin = kept(await Network.create({ inputs: 2, layers: [dense(3)], loss: 'meanSquaredError', seed: 1 }));
    expect(twin.toBytes()).toEqual(net.toBytes());
    expect(net.metadata).toEqual({});
    const notes = JSON.parse('{"author": "🐧", "__proto__": "x", "constructor": "y", "": "z", "format": "mine", "kind": "none"}');
    const copy = kept(await loadModel(net.toBytes({ metadata: notes })));
    expect(Object.entries(copy.metadata)).toEqual(Object.entries(notes));
    expect(Object.getPrototypeOf(copy.metadata)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>)['author']).toBeUndefined();
    const more = kept(await loadModel(copy.toBytes({ metadata: { author: 'you', year: '2026' } })));
    expect(more.metadata).toMatchObject({ author: 'you', year: '2026', '': 'z' });
    expect(net.metadata).toEqual({});
    const json = kept(await Network.fromJSON(JSON.parse(JSON.stringify(copy))));
    expect(Object.entries(json.metadata)).toEqual(Object.entries(notes));
  });
});

describe('save', () => {
  test.each(['model.json', 'MODEL.JSON'])(
    'as %s writes JSON, which comes back bit for bit, notes and state too',
    async (name) => {
      const file = path.join(folder, name);
      const net = kept(await Network.create({ inputs: 3, layers: [dense(2)], loss: 'meanSquaredError', seed: 4 }));
      await net.partialFit(
        X,
        X.map(([a, b]) => [a!, b!]),
        { epochs: 2 },
      ); // prettier-ignore
      await net.save(file, { state: true, metadata: { by: 'me' } });
      const json = JSON.parse(readFileSync(file, 'utf8'));
      expect(unchecked(json)).toEqual({ ...unchecked(net.toJSON({ state: true })), metadata: { by: 'me' } });
      const again = kept((await loadModel(file)) as Network);
      expect(again.metadata).toEqual({ by: 'me' });
      expect(again.toBytes({ state: true, metadata: {} })).toEqual(net.toBytes({ state: true, metadata: { by: 'me' } }));
      writeFileSync(file, readFileSync(file).subarray(0, 500));
      await expect(loadModel(file)).rejects.toThrow(`${file}: damaged: the model is not valid JSON`);
    },
  );

  const network = async () => kept(await Network.create({ inputs: 3, layers: [dense(2)], loss: 'meanSquaredError', seed: 1 }));

  test('replaces a file, and leaves nothing beside it', async () => {
    const home = mkdtempSync(path.join(folder, 'save-'));
    const file = path.join(home, 'a model ü.safetensors');
    writeFileSync(file, 'something else');
    const net = await network();
    await net.save(file);
    await net.save(file);
    expect(readdirSync(home)).toEqual(['a model ü.safetensors']);
    const long = path.join(home, 'x'.repeat(255)); // the longest name there is
    await net.save(long);
    rmSync(long);
    expect(new Uint8Array(readFileSync(file))).toEqual(net.toBytes());
  });

  test('many at a time to one path: all succeed, one wins, nothing beside it', async () => {
    const home = mkdtempSync(path.join(folder, 'race-'));
    const file = path.join(home, 'model.safetensors');
    const nets = await Promise.all(Array.from({ length: 8 }, network));
    await Promise.all(nets.map((net, i) => net.save(file, { metadata: { writer: String(i) } })));
    expect(readdirSync(home)).toEqual(['model.safetensors']);
    expect(kept(await loadModel(file)).metadata['writer']).toMatch(/^[0-7]$/);
  });

  test('into nowhere: a FileError that names the path, nothing is left', async () => {
    const home = mkdtempSync(path.join(folder, 'nowhere-'));
    const net = await network();
    const inner = path.join(home, 'folder');
    writeFileSync(path.join(home, 'file'), 'x');
    const { mkdirSync } = await import('node:fs');
    mkdirSync(inner);
    const used = heap.used;
    const bad: [string, RegExp][] = [
      [path.join(home, 'missing', 'm.safetensors'), /no such file or folder/],
      [inner, /is a folder/],
      [path.join(home, 'file', 'm.safetensors'), /cannot be written/],
      [path.join(home, 'x'.repeat(300)), /cannot be written/],
      [path.join(home, 'nul\0'), /cannot be written/],
      [`${inner}/`, /cannot be written/],
    ];
    for (const [file, message] of bad) {
      const error = await net.save(file).then(
        () => undefined,
        (e: unknown) => e,
      );
      expect(error, file).toBeInstanceOf(FileError);
      expect((error as FileError).path).toBe(file);
      expect((error as FileError).message).toMatch(message);
    }
    expect(readdirSync(home).sort()).toEqual(['file', 'folder']);
    expect(readdirSync(inner)).toEqual([]);
    expect(heap.used).toBeLessThanOrEqual(used);
  });

  test.skipIf(process.getuid?.() === 0)('into a folder that may not be written: the old file stays', async () => {
    const { chmodSync } = await import('node:fs');
    const home = mkdtempSync(path.join(folder, 'locked-'));
    const file = path.join(home, 'model.safetensors');
    writeFileSync(file, 'old');
    chmodSync(home, 0o500);
    try {
      await expect((await network()).save(file)).rejects.toThrow(/permission denied/);
      expect(readFileSync(file, 'utf8')).toBe('old');
      expect(readdirSync(home)).toEqual(['model.safetensors']);
    } finally {
      chmodSync(home, 0o700);
    }
  });

  test('interrupted: the process dies while it saves, the old file is whole', async () => {
    const home = mkdtempSync(path.join(folder, 'killed-'));
    const file = path.join(home, 'model.safetensors');
    const net = await network();
    await net.save(file);
    const before = readFileSync(file);
    // The writer dies with its temporary file half written: rename is what it never reaches.
    const script = `
      const fs = process.getBuiltinModule?.('node:fs/promises') ?? (await import('node:fs/promises'));
      const { writeBytes } = await import(${JSON.stringify(bundle())});
      fs.rename = () => { process.kill(process.pid, 'SIGKILL'); return new Promise(() => {}); };
      await writeBytes(${JSON.stringify(file)}, new Uint8Array(1e6));
    `;
    expect(() => execFileSync(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' })).toThrow();
    expect(readFileSync(file)).toEqual(before);
    expect(readdirSync(home).length).toBe(2); // the temporary file: the process did get that far
    kept(await loadModel(file));
  });

  test('of a model without a path, before a fit, or with notes that are none', async () => {
    const net = await network();
    await expect(net.save('')).rejects.toThrow(OptionError);
    await expect(net.save(undefined as never)).rejects.toThrow(OptionError);
    await expect(net.save(path.join(folder, 'x'), { metadata: { a: 1 } as never })).rejects.toThrow(OptionError);
    expect(existsSync(path.join(folder, 'x'))).toBe(false);
    await expect(new Classifier().save(path.join(folder, 'x'))).rejects.toThrow('has not been fitted');
    expect(existsSync(path.join(folder, 'x'))).toBe(false);
  });
});

/** The module that writes files, as a plain file for a process of its own. */
function bundle(): string {
  const out = path.join(folder, 'file.mjs');
  if (!existsSync(out)) {
    execFileSync(path.resolve('node_modules/.bin/esbuild'), [
      path.resolve('src/format/file.ts'),
      '--bundle',
      '--format=esm',
      '--platform=neutral',
      `--outfile=${out}`,
      '--log-level=error',
    ]);
  }
  return out;
}

describe('load', () => {
  test('of what is not there, or a folder', async () => {
    const missing = path.join(folder, 'none.safetensors');
    await expect(loadModel(missing)).rejects.toThrow(FileError);
    await expect(loadModel(missing)).rejects.toThrow(/no such file/);
    await expect(loadModel(folder)).rejects.toThrow(/is a folder/);
    await expect(loadModel('')).rejects.toThrow(FileError);
    await expect(loadModel('nul\0')).rejects.toThrow(FileError);
  });

  test('and dispose, 100 times: memory does not grow', async () => {
    const model = kept(
      await Classifier.fit(
        X,
        X.map((_, r) => r % 2),
        { hidden: 16, weightDecay: 0, epochs: 1, seed: 1 },
      ),
    );
    const bytes = model.toBytes();
    (await loadModel(bytes)).dispose();
    const { used, size } = heap;
    for (let i = 0; i < 100; i++) {
      const copy = (await loadModel(bytes)) as Classifier;
      copy.predict(X);
      copy.dispose();
    }
    expect(heap.used).toBeLessThanOrEqual(used);
    expect(heap.size).toBe(size);
  });
});
