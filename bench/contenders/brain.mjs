// brain.js: it learns one sample at a time, with sigmoids throughout and squared error; only for the rungs of batch 1.

import { createRequire } from 'node:module';
import { MOMENTUM, RATE } from '../../dist/bench.js';

const { NeuralNetwork } = createRequire(import.meta.url)('brain.js');

export const name = 'brain.js';

export async function prepare({ sizes }, { x, y, rows, inputs, outputs }) {
  const net = new NeuralNetwork({
    inputSize: inputs,
    outputSize: outputs,
    hiddenLayers: sizes.slice(1, -1),
    activation: 'sigmoid',
  });
  const data = Array.from({ length: rows }, (_, r) => ({
    input: Array.from(x.subarray(r * inputs, (r + 1) * inputs)),
    output: Array.from(y.subarray(r * outputs, (r + 1) * outputs)),
  }));
  // It goes through the whole set before it looks up, so a unit is a pass over a part of it.
  const part = data.slice(0, inputs > 100 ? 16 : rows);
  let error;
  return {
    unit: part.length,
    run(passes) {
      error = net.train(part, {
        iterations: passes,
        errorThresh: 1e-9,
        learningRate: RATE * 10,
        momentum: MOMENTUM,
        log: false,
      }).error;
    },
    loss: () => error,
    dispose() {},
  };
}
