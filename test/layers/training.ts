// The loss and gradient of a step of training, seen from outside: one full-batch step without momentum.

import { type Layer, type Loss, Network, sgd } from '../../src/index.js';

export interface Setting {
  readonly inputs: number;
  readonly layers: readonly Layer[];
  readonly loss: Loss;
  readonly X: number[][];
  readonly Y: number[][];
  readonly sampleWeights?: number[];
}

/** Seeded numbers of about unit variance, for tests. */
export function numbers(seed: number): () => number {
  let state = seed * 2654435761 + 1;
  return () => {
    let sum = 0;
    for (let k = 0; k < 4; k++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      sum += state / 2 ** 32 - 0.5;
    }
    return sum * Math.sqrt(3);
  };
}

export function matrixOf(rows: number, columns: number, next: () => number): number[][] {
  return Array.from({ length: rows }, () => Array.from({ length: columns }, next));
}

/** A network in float64 with weights near those given by its start, none at a special place. */
export async function networkOf({ inputs, layers, loss }: Setting, seed = 1): Promise<Network> {
  const net = await Network.create({ inputs, layers, loss, precision: 'float64', seed });
  const next = numbers(seed + 99);
  const started = net.weightShapes.map(({ name }, i) =>
    net.getWeights()[i]!.map((w) => (name.endsWith('variance') ? 1 + 0.3 * next() ** 2 : w + 0.3 * next())),
  );
  net.setWeights(started);
  return net;
}

/** The training loss at weights, and the gradient: of every array, 0 for running statistics. */
async function step(net: Network, at: readonly ArrayLike<number>[], { X, Y, sampleWeights }: Setting) {
  const rate = 0.5;
  net.setWeights(at);
  const before = net.getWeights();
  const history = await net.fit(X, Y, {
    method: sgd({ rate, momentum: 0 }),
    batchSize: 'full',
    epochs: 1,
    ...(sampleWeights && { sampleWeights }),
  });
  const after = net.getWeights();
  return {
    loss: history.loss[0]!,
    gradient: net.weightShapes.map(({ trained }, i) => before[i]!.map((w, j) => (trained ? (w - after[i]![j]!) / rate : 0))),
    after,
  };
}

/**
 * The largest difference between the gradient and central differences of the loss, relative to the gradient's largest element.
 */
export async function gradientError(setting: Setting, seed = 1): Promise<number> {
  const net = await networkOf(setting, seed);
  try {
    const at = net.getWeights();
    const { gradient } = await step(net, at, setting);
    const size = Math.max(...gradient.flatMap((g) => Array.from(g, Math.abs)));
    let worst = 0;
    for (const [i, { size: length, trained }] of net.weightShapes.entries()) {
      if (!trained) continue;
      for (let j = 0; j < length; j++) {
        const h = 6e-6 * (1 + Math.abs(at[i]![j]!)); // ε^{1/3}
        const moved = async (d: number) => {
          const there = at.map((w) => w.slice());
          there[i]![j]! += d;
          return (await step(net, there, setting)).loss;
        };
        const difference = ((await moved(h)) - (await moved(-h))) / (2 * h);
        worst = Math.max(worst, Math.abs(difference - gradient[i]![j]!) / size);
      }
    }
    return worst;
  } finally {
    net.dispose();
  }
}
