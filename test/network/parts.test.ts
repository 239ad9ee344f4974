// Parts that are loaded when they are first needed: once, at once, and again after a failure.

import { expect, test } from 'vitest';
import { binaryOf, takeBinariesFrom } from '../../bindings/binaries.js';
import { Part, loadAll } from '../../bindings/part.js';
import { LoadError, Network, UnsupportedError, dense, levenbergMarquardt, lbfgs } from '../../src/index.js';

test('a part is loaded once, however many wait for it', async () => {
  let fetched = 0;
  const part = new Part('testing', async () => ({ fetched: ++fetched }));
  expect(part.exports).toBeUndefined();
  const [first, second] = await Promise.all([part.load(), part.load()]);
  expect(first).toBe(second);
  expect(part.here).toBe(first);
  expect(await part.load()).toBe(first);
  expect(fetched).toBe(1);
});

test('what cannot be loaded is said with advice, and tried again', async () => {
  let out = true;
  const part = new Part('testing', async () => {
    if (out) throw new TypeError('Failed to fetch dynamically imported module');
    return 7;
  });
  const failed = (await part.load().catch((error: unknown) => error)) as LoadError;
  expect(failed).toBeInstanceOf(LoadError);
  expect(failed.message).toMatch(/^could not load testing \(Failed to fetch.*\): .*try again/);
  expect(failed.cause).toBeInstanceOf(TypeError);
  expect(() => part.here).toThrow(LoadError);
  out = false;
  expect(await part.load()).toBe(7);
});

test('parts are asked for at once, and those that are there take no turn', async () => {
  const asked: string[] = [];
  let release = () => {};
  const wait = new Promise<void>((resolve) => (release = resolve));
  const parts = ['a', 'b'].map(
    (name) =>
      new Part(name, async () => {
        asked.push(name);
        await wait;
        return name;
      }),
  );
  const loading = loadAll(parts);
  expect(asked).toEqual(['a', 'b']);
  release();
  await loading;
  expect(loadAll(parts)).toBeUndefined();
});

test('two fits of second order that begin at once share what they load', async () => {
  const make = () =>
    Network.create({ inputs: 1, layers: [dense(2, { activation: 'tanh' }), dense(1)], loss: 'meanSquaredError', seed: 1 });
  using one = await make();
  using other = await make();
  const [a, b] = await Promise.all([
    one.fit([[0], [1], [2]], [0, 1, 4], { method: levenbergMarquardt(), epochs: 3 }),
    other.fit([[0], [1], [2]], [0, 1, 4], { method: lbfgs(), epochs: 3 }),
  ]);
  expect(a.loss[0]).toBeGreaterThan(0);
  expect(b.loss[0]).toBeGreaterThan(0);
});

test('a network that is gone before its fit has loaded what it needs says so', async () => {
  const net = await Network.create({ inputs: 1, layers: [dense(1)], loss: 'meanSquaredError' });
  const fit = net.fit([[0], [1]], [0, 1], { method: lbfgs(), epochs: 3 });
  net.dispose();
  await expect(fit).rejects.toMatchObject({ name: 'DisposedError' });
});

test('a binary that cannot be fetched is such a part, and one that the runtime refuses says why', async () => {
  takeBinariesFrom(() => Promise.reject(new TypeError('Failed to fetch')));
  const failed = await binaryOf('float64').catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(LoadError);
  expect(failed).toMatchObject({
    message: expect.stringMatching(/could not load arithmetic in float64 \(Failed to fetch\): .*try again/),
  });
  takeBinariesFrom(() => Promise.reject(new UnsupportedError('no SIMD')));
  await expect(binaryOf('float64')).rejects.toThrow(new UnsupportedError('no SIMD'));
});
