// Networks of every kind of layer, through files and JSON.

import { expect, test } from 'vitest';
import {
  ModelFileError,
  type ModelJSON,
  Network,
  batchNorm,
  dense,
  dropout,
  gaussianNoise,
  layerNorm,
  loadModel,
  rbf,
} from '../../src/index.js';
import { matrixOf, numbers } from '../layers/training.js';
import { unchecked } from './unchecked.js';

const LAYERS = [
  gaussianNoise(0.1),
  dense(6, { activation: 'twistedTanh', slope: 0.02, init: 'orthogonal' }),
  batchNorm({ momentum: 0.8, epsilon: 1e-4 }),
  dropout(0.25),
  dense(4, {
    activation: 'leakyRelu',
    slope: 0.1,
    bias: false,
    init: ({ inputs, units }, random) => Float32Array.from({ length: inputs * units }, () => random() - 0.5),
  }),
  layerNorm({ epsilon: 1e-3 }),
  rbf(5, { width: 2 }),
  dense(2, { init: 'leastSquares' }),
];

const X = matrixOf(50, 3, numbers(1));
const Y = matrixOf(50, 2, numbers(2));

async function fitted(precision: 'float32' | 'float64'): Promise<Network> {
  const net = await Network.create({ inputs: 3, layers: LAYERS, loss: 'meanSquaredError', precision, seed: 1 });
  await net.fit(X, Y, { epochs: 3, batchSize: 10 });
  return net;
}

test.each(['float32', 'float64'] as const)('%s: the same bits, the same layers', async (precision) => {
  using net = await fitted(precision);
  for (const again of [
    (await loadModel(net.toBytes())) as Network,
    await Network.fromJSON(JSON.parse(JSON.stringify(net)) as ModelJSON),
  ]) {
    expect(again.predict(X)).toEqual(net.predict(X));
    expect(again.getWeights()).toEqual(net.getWeights());
    expect(again.layers.map(({ type }) => type)).toEqual(LAYERS.map(({ type }) => type));
    expect(again.layers[4]).toMatchObject({ init: 'custom' });
    expect([...again.layers.slice(0, 4), ...again.layers.slice(5)]).toEqual([...net.layers.slice(0, 4), ...net.layers.slice(5)]);
    expect(again.toBytes()).toEqual(net.toBytes());
    // Training goes on: starts from data are not taken again.
    const before = again.getWeights();
    await again.fit(X, Y, { epochs: 1 });
    expect(again.getWeights()[0]).not.toEqual(before[0]);
    again.dispose();
  }
});

test('damaged descriptions and parameters are refused', async () => {
  using net = await fitted('float64');
  const json = unchecked(net);
  const change = (
    edit: (copy: {
      config: { layers: Record<string, unknown>[] };
      tensors: { name: string; shape: number[]; data: string }[];
    }) => void,
  ) => {
    const copy = structuredClone(json) as never as Parameters<typeof edit>[0];
    edit(copy);
    return copy as unknown as ModelJSON;
  };
  const variance = change(({ tensors }) => {
    const tensor = tensors.find(({ name }) => name.endsWith('.variance'))!;
    const values = new Float64Array(Uint8Array.from(atob(tensor.data), (c) => c.charCodeAt(0)).buffer);
    values[1] = -1;
    tensor.data = btoa(String.fromCharCode(...new Uint8Array(values.buffer)));
  });
  const damaged = [
    variance,
    change(({ config }) => (config.layers[2]!['momentum'] = 1)),
    change(({ config }) => delete config.layers[2]!['epsilon']),
    change(({ config }) => (config.layers[3]!['rate'] = 1)),
    change(({ config }) => (config.layers[6]!['units'] = 6)),
    change(({ config }) => (config.layers[5]!['type'] = 'groupNorm')),
    change(({ tensors }) => (tensors[0]!.shape = [6, 3])),
    change(({ tensors }) => tensors.pop()),
  ];
  for (const one of damaged) await expect(Network.fromJSON(one)).rejects.toThrow(ModelFileError);
});
