// TensorFlow.js: a layers model, trainOnBatch on tensors prepared beforehand, one backend at a time.

import { createRequire } from 'node:module';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { layers as layerMakers, sequential } from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { MOMENTUM, RATE } from '../../dist/bench.js';

tf.env().set('PROD', true); // no checks, no advice on the console
const folder = path.dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json'));
setWasmPaths(`${path.join(folder, 'dist')}${path.sep}`);
setThreadsCount(1);

const LOSSES = { crossEntropy: 'categoricalCrossentropy', meanSquaredError: 'meanSquaredError' };

function contender(backend) {
  return {
    name: `tfjs-${backend}`,
    async prepare({ sizes, batch, activation, loss }, { x, y, rows, inputs, outputs }) {
      await tf.setBackend(backend);
      await tf.ready();
      const last = loss === 'crossEntropy' ? 'softmax' : 'linear';
      const model = sequential();
      sizes.slice(1).forEach((units, i) => {
        model.add(
          layerMakers.dense({
            units,
            activation: i === sizes.length - 2 ? last : activation,
            ...(i === 0 && { inputShape: [inputs] }),
          }),
        );
      });
      model.compile({ optimizer: tf.train.momentum(RATE, MOMENTUM), loss: LOSSES[loss] });
      const batches = [];
      for (let at = 0; at < rows; at += batch) {
        batches.push([
          tf.tensor2d(x.slice(at * inputs, (at + batch) * inputs), [batch, inputs]),
          tf.tensor2d(y.slice(at * outputs, (at + batch) * outputs), [batch, outputs]),
        ]);
      }
      let next = 0;
      return {
        unit: 1,
        async run(steps) {
          if (tf.getBackend() !== backend) await tf.setBackend(backend);
          for (let k = 0; k < steps; k++) {
            const [xs, ys] = batches[next++ % batches.length];
            await model.trainOnBatch(xs, ys);
          }
        },
        async loss() {
          if (tf.getBackend() !== backend) await tf.setBackend(backend);
          let sum = 0;
          for (const [xs, ys] of batches) {
            const value = model.evaluate(xs, ys, { batchSize: batch });
            sum += (await value.data())[0];
            value.dispose();
          }
          return sum / batches.length;
        },
        dispose() {
          for (const pair of batches) tf.dispose(pair);
          model.dispose();
        },
      };
    },
  };
}

export const wasm = contender('wasm');
export const cpu = contender('cpu');
