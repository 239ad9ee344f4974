// jax-js on its WebAssembly backend: a jitted step of value-and-gradient and momentum.

import { blockUntilReady, defaultDevice, init, jit, nn, numpy as np, valueAndGrad } from '@jax-js/jax';
import { MOMENTUM, RATE, uniforms } from '../../dist/bench.js';

export const name = 'jax-js';

const ACTIVATIONS = { tanh: np.tanh, relu: nn.relu };

export async function prepare({ sizes, batch, activation, loss }, { x, y, rows, inputs, outputs }) {
  await init('wasm');
  defaultDevice('wasm');
  const next = uniforms(3);
  const matrix = (data, r, c) => np.array(data).reshape([r, c]);
  let parameters = sizes.slice(1).flatMap((units, i) => {
    const spread = Math.sqrt(3 / sizes[i]);
    const kernel = Float32Array.from({ length: sizes[i] * units }, () => (2 * next() - 1) * spread);
    return [matrix(kernel, sizes[i], units), np.zeros([units])];
  });
  let velocities = parameters.map((p) => np.zeros(p.shape));
  const objective = (p, xs, ys) => {
    let a = xs;
    for (let i = 0; i < p.length; i += 2) {
      a = np.matmul(a, p[i]).add(p[i + 1]);
      if (i < p.length - 2) a = ACTIVATIONS[activation](a);
    }
    if (loss === 'crossEntropy')
      return nn
        .logSoftmax(a)
        .mul(ys)
        .sum()
        .mul(-1 / batch);
    return np
      .square(a.sub(ys))
      .sum()
      .mul(1 / (batch * outputs));
  };
  const step = jit((p, v, xs, ys) => {
    const [value, gradient] = valueAndGrad(objective)(
      p.map((a) => a.ref),
      xs,
      ys,
    );
    const moved = v.map((u, i) => u.mul(MOMENTUM).sub(gradient[i].mul(RATE)));
    return [p.map((a, i) => a.add(moved[i].ref)), moved, value];
  });
  const batches = [];
  for (let at = 0; at < rows; at += batch) {
    batches.push([
      matrix(x.slice(at * inputs, (at + batch) * inputs), batch, inputs),
      matrix(y.slice(at * outputs, (at + batch) * outputs), batch, outputs),
    ]);
  }
  let k = 0;
  const losses = [];
  return {
    unit: 1,
    async run(steps) {
      for (let i = 0; i < steps; i++) {
        const [xs, ys] = batches[k++ % batches.length];
        const [p, v, value] = step(parameters, velocities, xs.ref, ys.ref);
        parameters = p;
        velocities = v;
        losses.push(await value.data());
      }
      await blockUntilReady(parameters);
    },
    // The mean over the last pass, as far as there was one.
    loss: () => {
      const last = losses.splice(0).slice(-batches.length);
      return last.reduce((s, [v]) => s + v, 0) / last.length;
    },
    dispose() {
      for (const a of [...parameters, ...velocities, ...batches.flat()]) a.dispose();
    },
  };
}
