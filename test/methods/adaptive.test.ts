// Adaptive methods: against a twin in plain numbers, by their laws, and resumed to the same bits.

import { describe, expect, test } from 'vitest';
import {
  type AdamOptions,
  type Method,
  Network,
  OptionError,
  type RmsPropOptions,
  adaGrad,
  adadelta,
  adam,
  adamW,
  adamax,
  dense,
  lion,
  nadam,
  rmsProp,
  sgd,
} from '../../src/index.js';
import { gradientAt, inputs, make, target } from './linear.js';

/** One parameter's rule: its moments and its value are changed in place. */
type Twin = (p: { w: number; m: number; v: number; top: number }, g: number, t: number, decays: boolean) => void;

function adamTwin({
  rate = 0.001,
  beta1 = 0.9,
  beta2 = 0.999,
  epsilon = 1e-8,
  weightDecay = 0,
  decoupled = false,
  amsGrad = false,
  nesterov = false,
}: AdamOptions & { rate?: number }): Twin {
  return (p, gradient, t, decays) => {
    const decay = decays ? weightDecay : 0;
    const g = decoupled ? gradient : gradient + decay * p.w;
    p.m = beta1 * p.m + (1 - beta1) * g;
    p.v = beta2 * p.v + (1 - beta2) * g * g;
    p.top = Math.max(p.top, p.v);
    const b1 = 1 - beta1 ** t;
    const mean = nesterov ? (beta1 * p.m) / (1 - beta1 ** (t + 1)) + ((1 - beta1) * g) / b1 : p.m / b1;
    const root = Math.sqrt((amsGrad ? p.top : p.v) / (1 - beta2 ** t)) + epsilon;
    p.w = p.w - (decoupled ? (rate as number) * decay * p.w : 0) - ((rate as number) * mean) / root;
  };
}

function lionTwin({ rate, beta1, beta2, weightDecay }: Record<'rate' | 'beta1' | 'beta2' | 'weightDecay', number>): Twin {
  return (p, g, _, decays) => {
    const step = Math.sign(beta1 * p.m + (1 - beta1) * g) + (decays ? weightDecay * p.w : 0);
    p.m = beta2 * p.m + (1 - beta2) * g;
    p.w -= rate * step;
  };
}

/** `top` is the mean of squared steps. */
function adadeltaTwin({ rate, rho, epsilon, weightDecay }: Record<'rate' | 'rho' | 'epsilon' | 'weightDecay', number>): Twin {
  return (p, gradient, _, decays) => {
    const g = gradient + (decays ? weightDecay * p.w : 0);
    p.v = rho * p.v + (1 - rho) * g * g;
    const step = (g * Math.sqrt(p.top + epsilon)) / Math.sqrt(p.v + epsilon);
    p.top = rho * p.top + (1 - rho) * step * step;
    p.w -= rate * step;
  };
}

/** adamax, whose v is the largest gradient of late. */
function adamaxTwin({ rate, beta1, beta2, weightDecay }: Record<'rate' | 'beta1' | 'beta2' | 'weightDecay', number>): Twin {
  return (p, gradient, t, decays) => {
    const g = gradient + (decays ? weightDecay * p.w : 0);
    p.m = beta1 * p.m + (1 - beta1) * g;
    p.v = Math.max(beta2 * p.v, Math.abs(g));
    p.w -= ((rate / (1 - beta1 ** t)) * p.m) / (p.v + 1e-8);
  };
}

/** rmsProp with all that it may have; `top` is its last step. */
function rmsTwin({
  rate,
  rho,
  epsilon,
  inside,
  momentum,
  centered,
}: Required<Omit<RmsPropOptions, 'rate' | 'weightDecay' | 'insideRoot'>> & {
  rate: number;
  inside: boolean;
}): Twin {
  return (p, g) => {
    p.v = rho * p.v + (1 - rho) * g * g;
    p.m = rho * p.m + (1 - rho) * g;
    const v = centered ? Math.max(0, p.v - p.m * p.m) : p.v;
    p.top = momentum * p.top + (rate * g) / (inside ? Math.sqrt(v + epsilon) : Math.sqrt(v) + epsilon);
    p.w -= p.top;
  };
}

const METHODS: [name: string, method: Method, twin: Twin][] = [
  ['adam', adam({ rate: 0.02 }), adamTwin({ rate: 0.02 })],
  ['adam, decay through the gradient', adam({ rate: 0.02, weightDecay: 0.1 }), adamTwin({ rate: 0.02, weightDecay: 0.1 })],
  [
    'adam, other constants',
    adam({ rate: 0.02, beta1: 0.5, beta2: 0.9, epsilon: 0.01 }),
    adamTwin({ rate: 0.02, beta1: 0.5, beta2: 0.9, epsilon: 0.01 }),
  ],
  ['adamW', adamW({ rate: 0.02, weightDecay: 0.1 }), adamTwin({ rate: 0.02, weightDecay: 0.1, decoupled: true })],
  ['AMSGrad', adam({ rate: 0.02, amsGrad: true, beta2: 0.5 }), adamTwin({ rate: 0.02, amsGrad: true, beta2: 0.5 })],
  ['nadam', nadam({ rate: 0.02 }), adamTwin({ rate: 0.02, nesterov: true })],
  [
    'rmsProp',
    rmsProp({ rate: 0.02, weightDecay: 0.1 }),
    (p, gradient, _, decays) => {
      const g = gradient + (decays ? 0.1 * p.w : 0);
      p.v = 0.9 * p.v + (1 - 0.9) * g * g;
      p.w -= (0.02 * g) / (Math.sqrt(p.v) + 1e-8);
    },
  ],
  [
    'adaGrad',
    adaGrad({ rate: 0.05 }),
    (p, g) => {
      p.v += g * g;
      p.w -= (0.05 * g) / (Math.sqrt(p.v) + 1e-8);
    },
  ],
  [
    'adaGrad as TensorFlow.js has it',
    adaGrad({ rate: 0.05, initialAccumulator: 0.1, insideRoot: true, epsilon: 1e-7 }),
    (p, g, t) => {
      p.v += (t === 1 ? 0.1 : 0) + g * g;
      p.w -= (0.05 * g) / Math.sqrt(p.v + 1e-7);
    },
  ],
  [
    'rmsProp with ε under the root',
    rmsProp({ rate: 0.02, insideRoot: true, epsilon: 1e-3 }),
    rmsTwin({ rate: 0.02, rho: 0.9, epsilon: 1e-3, inside: true, momentum: 0, centered: false }),
  ],
  [
    'rmsProp with momentum',
    rmsProp({ rate: 0.005, momentum: 0.7 }),
    rmsTwin({ rate: 0.005, rho: 0.9, epsilon: 1e-8, inside: false, momentum: 0.7, centered: false }),
  ],
  [
    'rmsProp, centred',
    rmsProp({ rate: 0.005, rho: 0.8, centered: true, epsilon: 0.01 }),
    rmsTwin({ rate: 0.005, rho: 0.8, epsilon: 0.01, inside: false, momentum: 0, centered: true }),
  ],
  [
    'rmsProp with all of it',
    rmsProp({ rate: 0.005, rho: 0.8, centered: true, momentum: 0.5, insideRoot: true, epsilon: 0.01 }),
    rmsTwin({ rate: 0.005, rho: 0.8, epsilon: 0.01, inside: true, momentum: 0.5, centered: true }),
  ],
  ['adamax', adamax({ rate: 0.02 }), adamaxTwin({ rate: 0.02, beta1: 0.9, beta2: 0.999, weightDecay: 0 })],
  [
    'adamax, decay and other constants',
    adamax({ rate: 0.02, beta1: 0.5, beta2: 0.6, weightDecay: 0.1 }),
    adamaxTwin({ rate: 0.02, beta1: 0.5, beta2: 0.6, weightDecay: 0.1 }),
  ],
  ['lion', lion({ rate: 0.01 }), lionTwin({ rate: 0.01, beta1: 0.9, beta2: 0.99, weightDecay: 0 })],
  [
    'lion, decay and other constants',
    lion({ rate: 0.01, beta1: 0.5, beta2: 0.8, weightDecay: 0.1 }),
    lionTwin({ rate: 0.01, beta1: 0.5, beta2: 0.8, weightDecay: 0.1 }),
  ],
  ['adadelta', adadelta(), adadeltaTwin({ rate: 1, rho: 0.95, epsilon: 1e-6, weightDecay: 0 })],
  [
    'adadelta, decay and other constants',
    adadelta({ rate: 0.5, rho: 0.8, epsilon: 1e-4, weightDecay: 0.1 }),
    adadeltaTwin({ rate: 0.5, rho: 0.8, epsilon: 1e-4, weightDecay: 0.1 }),
  ],
];

const STEPS = 12;

/** Kernels of sizes around a vector, so that tails are rules as well. */
const SIZES = [1, 2, 3, 4, 5, 7, 8, 13];

describe.each(METHODS)('%s', (_, method, twin) => {
  test.each(SIZES)('%i inputs: the steps are the twin’s', async (n) => {
    const X = inputs(n);
    const Y = X.map(target);
    const net = await make(n, 'float64');
    const parameters = net
      .getWeights()
      .flatMap((w) => [...w])
      .map((w) => ({ w, m: 0, v: 0, top: 0 }));
    for (let t = 1; t <= STEPS; t++) {
      const gradient = gradientAt(
        X,
        Y,
        parameters.map(({ w }) => w),
      );
      for (const [i, p] of parameters.entries()) twin(p, gradient[i]!, t, i < n);
    }
    await net.fit(X, Y, { method, epochs: STEPS, batchSize: 'full' });
    const found = net.getWeights().flatMap((w) => [...w]);
    // Some fifty roundings a step, and a step divides small numbers by small ones; weights and steps are about 1.
    for (const [i, w] of found.entries()) expect(Math.abs(w - parameters[i]!.w)).toBeLessThan(1e-11);
  });

  test('float32 follows float64', async () => {
    const X = inputs(5);
    const Y = X.map(target);
    const [single, double] = [await make(5, 'float32'), await make(5, 'float64')];
    for (const net of [single, double]) await net.fit(X, Y, { method, epochs: STEPS, batchSize: 2, order: 'sequential' });
    const [a, b] = [single, double].map((net) => net.getWeights().flatMap((w) => [...w]));
    for (const [i, w] of a!.entries()) expect(Math.abs(w - b![i]!)).toBeLessThan(2e-4);
  });

  test('a fit that is continued gives the bits of a longer one', async () => {
    const X = inputs(7);
    const Y = X.map(target);
    const [whole, parts] = [await make(7, 'float32'), await make(7, 'float32')];
    const options = { method, batchSize: 4 };
    await whole.fit(X, Y, { ...options, epochs: 9 });
    const { state } = await parts.fitWithState(X, Y, { ...options, epochs: 4 }, undefined);
    await parts.fitWithState(X, Y, { ...options, epochs: 5 }, { resume: state });
    expect(parts.getWeights()).toEqual(whole.getWeights());
  });

  test('learns what gradient descent learns', async () => {
    const X = inputs(3);
    const Y = X.map(target);
    const net = await make(3, 'float64');
    const before = net.evaluate(X, Y).loss;
    await net.fit(X, Y, { method, epochs: 2000, batchSize: 'full' });
    // Decay keeps the weights short of the least squares solution.
    expect(net.evaluate(X, Y).loss).toBeLessThan(before / 20);
  });
});

test.each(SIZES)('lion’s β₁ and β₂ where gradients change their signs, %i inputs: the steps are the twin’s', async (n) => {
  const X = inputs(n);
  const Y = X.map(target);
  const options = { rate: 0.2, beta1: 0.3, beta2: 0.95, weightDecay: 0.1 };
  const follow = (twin: Twin, parameters: { w: number; m: number; v: number; top: number }[]) => {
    for (let t = 1; t <= 60; t++) {
      const gradient = gradientAt(
        X,
        Y,
        parameters.map(({ w }) => w),
      );
      for (const [i, p] of parameters.entries()) twin(p, gradient[i]!, t, i < n);
    }
    return parameters.map(({ w }) => w);
  };
  const net = await make(n, 'float64');
  const begun = net.getWeights().flatMap((w) => [...w]);
  const from = () => begun.map((w) => ({ w, m: 0, v: 0, top: 0 }));
  const wanted = follow(lionTwin(options), from());
  const swapped = follow(lionTwin({ ...options, beta1: options.beta2, beta2: options.beta1 }), from());
  await net.fit(X, Y, { method: lion(options), epochs: 60, batchSize: 'full' });
  const found = net.getWeights().flatMap((w) => [...w]);
  for (const [i, w] of found.entries()) expect(Math.abs(w - wanted[i]!)).toBeLessThan(1e-11);
  expect(Math.max(...swapped.map((w, i) => Math.abs(w - wanted[i]!)))).toBeGreaterThan(0.01);
});

test('each of lion’s steps is its rate, whatever the size of the gradient', async () => {
  const X = inputs(9);
  const net = await make(9, 'float64');
  for (let step = 0; step < 5; step++) {
    const before = net.getWeights().flatMap((w) => [...w]);
    await net.fit(X, X.map(target), { method: lion({ rate: 2 ** -7 }), epochs: 1, batchSize: 'full' });
    const after = net.getWeights().flatMap((w) => [...w]);
    for (const [i, w] of after.entries()) expect(Math.abs(Math.abs(w - before[i]!) - 2 ** -7)).toBeLessThan(1e-15);
  }
});

test('a weight whose gradient is 0 stays where it is, with lion and with adadelta', async () => {
  for (const method of [lion({ rate: 0.1 }), adadelta()]) {
    const net = await make(2, 'float32');
    const [before] = net.getWeights();
    await net.fit([[1, 0]], [3], { method, epochs: 4 });
    const [after] = net.getWeights();
    expect(after![1]).toBe(before![1]);
    expect(after![0]).not.toBe(before![0]);
  }
});

test.each([
  ['lion', lion({ rate: 0.003 })],
  ['adadelta', adadelta()],
])('%s learns what lies inside a circle, from five starts', async (_, method) => {
  const points = Array.from({ length: 300 }, (__, i) => [Math.sin(i * 12.9898) * 1.2, Math.sin(i * 78.233 + 1) * 1.2]);
  const labels = points.map(([x, y]) => (x! * x! + y! * y! < 0.8 ? [1] : [0]));
  for (let seed = 1; seed <= 5; seed++) {
    const layers = [dense(12, { activation: 'lecunTanh' }), dense(1, { activation: 'sigmoid' })];
    const net = await Network.create({ inputs: 2, layers, loss: 'binaryCrossEntropy', seed });
    await net.fit(points, labels, { method, epochs: 200, batchSize: 10 });
    expect(net.evaluate(points, labels).loss, `seed ${seed}`).toBeLessThan(0.15);
  }
});

test('adamax: after a large gradient steps stay short for as long as β₂ remembers it', async () => {
  const net = await make(1, 'float64');
  const method = adamax({ rate: 0.01, beta1: 0, beta2: 0.5 });
  const weight = () => net.getWeights()[0]![0]!;
  const steps: number[] = [];
  let state: Awaited<ReturnType<typeof net.fitWithState>>['state'];
  // Targets are so far away that the gradient of a row hardly changes: −2·x·target, of sizes 16, 1, 1, 1, 1, 1.
  for (const x of [16, 1, 1, 1, 1, 1]) {
    const before = weight();
    ({ state } = await net.fitWithState([[x]], [1e9], { method, epochs: 1, batchSize: 'full' }, state && { resume: state }));
    steps.push(weight() - before);
  }
  expect(steps.map((step) => Number((step / 0.01).toFixed(4)))).toEqual([1, 0.125, 0.25, 0.5, 1, 1]);
});

test('Adam’s first step is its rate, in the direction of the gradient’s sign', async () => {
  const X = inputs(9);
  const net = await make(9, 'float64');
  const before = net.getWeights().flatMap((w) => [...w]);
  await net.fit(X, X.map(target), { method: adam({ rate: 0.01 }), epochs: 1, batchSize: 'full' });
  const after = net.getWeights().flatMap((w) => [...w]);
  // |g|/(|g| + ε): gradients here are above 1e-3.
  for (const [i, w] of after.entries()) expect(Math.abs(Math.abs(w - before[i]!) - 0.01)).toBeLessThan(0.01 * 1e-4);
});

test('batches of one take the same steps as batches of one row repeated', async () => {
  const X = inputs(4);
  const Y = X.map(target);
  // Above the size of the fused path.
  const wide = { inputs: 600, layers: [dense(16, { activation: 'tanh' }), dense(1)], loss: 'meanSquaredError', seed: 2 } as const;
  const long = X.map((x) => Array.from({ length: 600 }, (_, i) => x[i % 4]! / 10));
  const [one, two] = [await Network.create(wide), await Network.create(wide)];
  await one.fit(long, Y, { method: adam({ rate: 0.01 }), epochs: 2, batchSize: 1, order: 'sequential' });
  const doubled = long.flatMap((x) => [x, x]);
  await two.fit(
    doubled,
    Y.flatMap((y) => [y, y]),
    { method: adam({ rate: 0.01 }), epochs: 2, batchSize: 2, order: 'sequential' },
  );
  const [a, b] = [one, two].map((net) => net.predict(long));
  for (const [i, v] of a!.entries()) expect(Math.abs(v - b![i]!)).toBeLessThan(1e-3);
});

test('what an idle weight remembers never becomes subnormal', async () => {
  const net = await make(2, 'float32');
  const X = [
    [1, 0],
    [2, 0],
  ];
  const method = adam({ rate: 0.01 });
  await net.fit(
    [
      [1, 1],
      [2, 1],
    ],
    [1, 2],
    { method, epochs: 1 },
  );
  let state = (
    await net.fitWithState(
      [
        [1, 1],
        [2, 1],
      ],
      [1, 2],
      { method, epochs: 3 },
      undefined,
    )
  ).state;
  state = (await net.fitWithState(X, [1, 2], { method, epochs: 3000 }, { resume: state })).state;
  for (const moment of Object.values(state!.vectors))
    for (const v of moment) expect(v === 0 || Math.abs(v) >= 2 ** -126).toBe(true);
});

test.each([
  [() => adam({ beta1: 1 }), /adam\.beta1 is 1/],
  [() => adam({ beta2: -0.1 }), /beta2/],
  [() => adam({ epsilon: 0 }), /epsilon/],
  [() => adam({ rate: -1 }), /adam\.rate/],
  [() => adamW({ weightDecay: -1 }), /adamW\.weightDecay/],
  [() => nadam({ amsGrad: true }), /amsGrad/],
  [() => rmsProp({ rho: 1 }), /rho/],
  [() => rmsProp({ momentum: 1 }), /rmsProp\.momentum/],
  [() => adaGrad({ initialAccumulator: -0.1 }), /adaGrad\.initialAccumulator/],
  [() => adamax({ beta2: 1 }), /adamax\.beta2/],
  [() => adaGrad({ beta1: 0.9 } as never), /no such option/],
  [() => lion({ beta2: 1 }), /lion\.beta2/],
  [() => lion({ rate: 0 }), /lion\.rate/],
  [() => adadelta({ rho: -0.1 }), /adadelta\.rho/],
  [() => adadelta({ epsilon: 0 }), /adadelta\.epsilon/],
  [() => adam({ beta: 0.9 } as never), /did you mean beta/],
  [() => sgd({ rate: 'fast' as never }), /sgd\.rate/],
])('%s is refused', (build, message) => {
  expect(build).toThrow(OptionError);
  expect(build).toThrow(message);
});
