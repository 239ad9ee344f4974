// This package, as its users run it: Network.fit over a dataset, whole epochs to a call.

import { Network, dataset, dense, sgd } from '../../dist/index.js';
import { MOMENTUM, RATE } from '../ladder.mjs';

export const name = 'efficient-backprop';

export async function prepare({ sizes, batch, activation, loss }, { x, y, rows, inputs, outputs }) {
  const last = loss === 'crossEntropy' ? 'softmax' : 'linear';
  const layers = sizes.slice(1).map((units, i) => dense(units, { activation: i === sizes.length - 2 ? last : activation }));
  const net = await Network.create({ inputs, layers, loss, seed: 1 });
  const data = dataset({ data: x, shape: [rows, inputs] }, { data: y, shape: [rows, outputs] });
  const method = sgd({ rate: RATE, momentum: MOMENTUM });
  const perEpoch = rows / batch;
  return {
    unit: perEpoch,
    run: (epochs) => net.fit(data, { method, epochs, batchSize: batch }),
    loss: () => net.evaluate(data).loss,
    dispose() {
      net.dispose();
      data.dispose();
    },
  };
}
