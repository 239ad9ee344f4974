// Models as plain data, which structuredClone takes.

import { expect, test } from 'vitest';
import { Classifier, ModelFileError, type ModelObject, Network, Regressor, dense } from '../../src/index.js';

const X = Array.from({ length: 24 }, (_, r) => [Math.sin(r), Math.cos(3 * r)]);
const quick = { hidden: 3, weightDecay: 0.01, epochs: 3, seed: 9 } as const;

test('a clone predicts the same bits, and is saved as the same bytes', async () => {
  using net = await Network.create({ inputs: 2, layers: [dense(3, { activation: 'tanh' }), dense(2)], loss: 'mse', seed: 1 });
  using sorted = await Classifier.fit(
    X,
    X.map(([a]) => a! > 0),
    quick,
  );
  using exact = await Regressor.fit(
    X.map(([a, b]) => ({ a: a!, b: b! })),
    X.map(([a, b]) => a! * b!),
    { ...quick, precision: 'float64' },
  );
  const records = X.map(([a, b]) => ({ a: a!, b: b! }));
  using net2 = await Network.fromObject(structuredClone(net.toObject()));
  using sorted2 = await Classifier.fromObject<boolean>(structuredClone(sorted.toObject()));
  using exact2 = await Regressor.fromObject<number>(structuredClone(exact.toObject()));
  expect(net2.predict(X)).toEqual(net.predict(X));
  expect(sorted2.predictProbabilities(X)).toEqual(sorted.predictProbabilities(X));
  expect(exact2.predict(records)).toEqual(exact.predict(records));
  for (const [a, b] of [
    [net, net2],
    [sorted, sorted2],
    [exact, exact2],
  ] as const)
    expect(b.toBytes()).toEqual(a.toBytes());
});

test('an object and the model do not change each other', async () => {
  using net = await Network.create({ inputs: 2, layers: [dense(2)], loss: 'mse', seed: 1 });
  const object = net.toObject();
  using copy = await Network.fromObject(object);
  const before = Array.from(net.predict(X));
  object.tensors[0]!.data.fill(7);
  expect([Array.from(net.predict(X)), Array.from(copy.predict(X))]).toEqual([before, before]);
});

test('what training goes on from goes with it where that is asked for', async () => {
  const trained = async (through: (net: Network) => Promise<Network>) => {
    const first = await Network.create({ inputs: 2, layers: [dense(2)], loss: 'mse', seed: 1 });
    await first.partialFit(X, X);
    const net = await through(first);
    await net.partialFit(X, X);
    return net.getWeights();
  };
  const straight = await trained(async (net) => net);
  expect(await trained((net) => Network.fromObject(structuredClone(net.toObject({ state: true }))))).toEqual(straight);
  expect(await trained((net) => Network.fromObject(net.toObject()))).not.toEqual(straight);
});

test('anything else is refused', async () => {
  using net = await Network.create({ inputs: 2, layers: [dense(2)], loss: 'mse', seed: 1 });
  const object = net.toObject();
  const [kernel, bias] = object.tensors;
  for (const [bad, message] of [
    [net.toJSON(), /tensors\[0\] does not have/],
    ['text', /model/],
    [{ ...object, format: 'other' }, /format is "other"/],
    [{ ...object, tensors: [kernel] }, /1 tensors; expected 2/],
    [{ ...object, tensors: [{ ...kernel, shape: [2, 3] }, bias] }, /tensors\[0\]/],
    [{ ...object, config: { ...object.config, made: () => 1 } }, /plain data/],
    [{ ...object, kind: 'classifier' }, /classifier, not a network/],
  ] as const) {
    const error = await Network.fromObject(bad as ModelObject).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(ModelFileError);
    expect((error as Error).message).toMatch(message);
  }
});
