// States in files: whatever is changed in one, it is refused, or it makes a model that trains or refuses to.

import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { heap } from '../../bindings/memory.js';
import { Classifier, EfficientBackpropError, ModelFileError, Network, bfgs, dense, loadModel } from '../../src/index.js';
import { birds, normals } from '../data/synthetic.js';
import { unchecked } from './unchecked.js';

const X = normals(2, 30, 3);
const { records, labels } = birds(3, 40);
const LAYERS = [dense(4, { activation: 'tanh' }), dense(3)];
const FIT = { method: bfgs(), epochs: 6, validation: 0.2, earlyStopping: true } as const;
const quick = { hidden: 3, weightDecay: 0.01, epochs: 4, seed: 9, members: 2 } as const;

const json: Record<string, unknown> = {};
const files: Record<string, Uint8Array> = {};

beforeAll(async () => {
  const net = await Network.create({ inputs: 3, layers: LAYERS, loss: 'meanSquaredError', seed: 1 });
  const abort = new AbortController();
  await net.fit(X, X, { ...FIT, signal: abort.signal, onEpoch: ({ epoch }) => epoch === 3 && abort.abort() });
  const model = new Classifier(quick);
  let reports = 0;
  const stop = new AbortController();
  await model.fit(records, labels, { signal: stop.signal, onProgress: () => ++reports === 6 && stop.abort() });
  const other = new Classifier({ seed: 9 });
  const early = new AbortController();
  const onProgress = () => early.abort();
  await other.fit(records, labels, { signal: early.signal, onProgress }).catch(() => {});
  const went = new Classifier(quick);
  await went.partialFit(records, labels);
  const [network, classifier, unfinished, streamed] = [net, model, other, went];
  for (const [name, one] of Object.entries({ network, classifier, unfinished, streamed })) {
    json[name] = JSON.parse(JSON.stringify(one.toJSON({ state: true })));
    files[name] = one.toBytes({ state: true });
    one.dispose();
  }
});

/** Takes a model from a file to use: it trains on, or says why not. */
async function used(model: Network | Classifier): Promise<void> {
  const going =
    model instanceof Network ? model.fit(X, X, { ...FIT, resume: 'ifAny' }) : model.fit(records, labels, { resume: 'ifAny' });
  await going.catch((error) => expect(error).toBeInstanceOf(EfficientBackpropError));
  model.dispose();
}

const read = (name: string, text: unknown) =>
  (name === 'network' ? Network.fromJSON(text as never) : Classifier.fromJSON(text as never)) as Promise<Network | Classifier>;

describe.each(['network', 'classifier', 'unfinished', 'streamed'])('of a %s', (name) => {
  test('untouched files load, byte for byte the same', async () => {
    const model = (await loadModel(files[name]!)) as Network;
    expect(model.toBytes({ state: true })).toEqual(files[name]);
    expect(JSON.parse(JSON.stringify(model.toJSON({ state: true })))).toEqual(json[name]);
    await used(model);
  });

  test('any part replaced by any JSON', async () => {
    const places = (value: unknown, at: (string | number)[] = []): (string | number)[][] => {
      if (value === null || typeof value !== 'object') return [at];
      const inner = Array.isArray(value) ? value.map((v, i) => [i, v] as const) : Object.entries(value);
      return [at, ...inner.flatMap(([key, v]) => places(v, [...at, key]))];
    };
    const put = (root: unknown, [key, ...rest]: (string | number)[], value: unknown): unknown => {
      if (key === undefined) return value;
      const copy = (Array.isArray(root) ? [...root] : { ...(root as object) }) as Record<string | number, unknown>;
      copy[key] = put(copy[key], rest, value);
      return copy;
    };
    const root = unchecked(json[name]) as unknown as { config: { state: unknown }; tensors: { name: string }[] };
    const own = places(root.config.state).map((at) => ['config', 'state', ...at]);
    const tensors = root.tensors.flatMap((tensor, i) => (tensor.name.startsWith('state.') ? places(tensor, ['tensors', i]) : []));
    const anything = fc.oneof(
      fc.constantFrom<unknown>(null, {}, [], '', 'x', 0, -1, 0.5, 1e308, true, [null], { length: 3 }),
      fc.jsonValue(),
    );
    let refused = 0;
    const law = fc.asyncProperty(fc.constantFrom(...own, ...tensors), anything, async (at, value) => {
      const before = heap.used;
      try {
        await used(await read(name, put(root, at, value)));
      } catch (error) {
        expect(error).toBeInstanceOf(ModelFileError);
        refused++;
      }
      expect(heap.used).toBeLessThanOrEqual(before);
    });
    await fc.assert(law, { numRuns: name === 'unfinished' ? 60 : 200, seed: 3 });
    expect(refused).toBeGreaterThan(30);
  });

  test('a tensor that is missing, or too many', async () => {
    const root = unchecked(json[name]);
    for (const [i, tensor] of root.tensors.entries()) {
      if (!tensor.name.startsWith('state.')) continue;
      const without = root.tensors.filter((_, k) => k !== i);
      await expect(read(name, { ...root, tensors: without })).rejects.toThrow(ModelFileError);
      const more = [...root.tensors, { ...tensor, name: 'state.other' }];
      await expect(read(name, { ...root, tensors: more })).rejects.toThrow(/state\.other/);
    }
  });
});
