// In a page: the same bits as in Node.js, models through bytes, the binary fetched.

import { expect, test } from 'vitest';
import { Classifier, Network, type Precision, UnsupportedError, dense, init, loadModel } from '../../src/index.js';
import { BITS, trainedBits } from '../bits.js';
import { birds } from '../data/synthetic.js';

const binary = {
  float32: new URL('../../build/float32.wasm', import.meta.url),
  float64: new URL('../../build/float64.wasm', import.meta.url),
};
const precisions: Precision[] = ['float32', 'float64'];

test.each(precisions)('a seed gives the bits of Node.js, in %s', async (precision) => {
  // With the package's own copy of the binary, which a page decodes from a chunk that it loads when needed.
  expect(await trainedBits(precision)).toBe(BITS[precision]);
});

test('models go through bytes and JSON', async () => {
  const { records, labels } = birds(1, 120);
  const model = await Classifier.fit(records, labels, { seed: 1, hidden: 8, weightDecay: 1e-3, epochs: 40 });
  expect(model.evaluate(records, labels).accuracy).toBeGreaterThan(0.95);
  const before = model.predictProbabilities(records);
  const blob = new Blob([model.toBytes()]);
  for (const copy of [
    await loadModel(await blob.arrayBuffer()),
    await loadModel(new Uint8Array(await blob.arrayBuffer())),
    await Classifier.fromJSON(JSON.parse(JSON.stringify(model))),
  ]) {
    expect((copy as Classifier).predictProbabilities(records)).toEqual(before);
    copy.dispose();
  }
  model.dispose();
});

test('there are no files in a page, and the error says what there is instead', async () => {
  const net = await Network.create({ inputs: 1, layers: [dense(1)], loss: 'meanSquaredError', seed: 1 });
  await expect(net.save('model.safetensors')).rejects.toThrow(UnsupportedError);
  await expect(loadModel('model.safetensors')).rejects.toThrow(/toBytes\(\) and loadModel\(bytes\)/);
  net.dispose();
});

test.each(precisions)('init takes the binary as Response, Module or bytes (%s)', async (precision) => {
  const url = binary[precision];
  const bytes = await (await fetch(url)).arrayBuffer();
  for (const wasm of [fetch(url), await fetch(url), await WebAssembly.compile(bytes), bytes, new Uint8Array(bytes)]) {
    await init({ wasm, precision });
    expect(await trainedBits(precision)).toBe(BITS[precision]);
  }
});

test('a binary that is none is refused, and what was there still works', async () => {
  for (const wasm of [
    new Uint8Array(8),
    new Response('not found', { status: 404 }),
    Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0),
  ]) {
    await expect(init({ wasm })).rejects.toThrow(UnsupportedError);
  }
  expect(await trainedBits('float32')).toBe(BITS.float32);
});
