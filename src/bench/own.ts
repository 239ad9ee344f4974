// This package as a contender, as its users run it: Network.fit over a dataset, whole epochs to a call.

import type * as package_ from '../index.js';
import type { Threads } from '../runtime/threads.js';
import { MOMENTUM, type Samples, RATE, type Rung } from './ladder.js';

/** What of the package is measured. It is given, not imported: two builds can be measured side by side. */
export type Library = Pick<typeof package_, 'Network' | 'dataset' | 'dense' | 'sgd'>;

/** Somebody who trains a rung's network. */
export interface Contender {
  /** Steps of a unit of work. */
  readonly unit: number;
  run(units: number): unknown;
  loss(): number | Promise<number>;
  dispose(): void;
}

/**
 * The contender for a rung.
 * @param threads left to the library where undefined, as older builds want it
 */
export async function prepareOwn(
  { Network, dataset, dense, sgd }: Library,
  { sizes, batch, activation, loss, full }: Rung,
  { x, y, rows, inputs, outputs }: Samples,
  threads?: Threads,
): Promise<Contender> {
  const last = loss === 'crossEntropy' ? 'softmax' : 'linear';
  const layers = sizes.slice(1).map((units, i) => dense(units, { activation: i === sizes.length - 2 ? last : activation }));
  const net = await Network.create({ inputs, layers, loss, seed: 1, ...(threads !== undefined && { threads }) });
  const data = dataset({ data: x, shape: [rows, inputs] }, { data: y, shape: [rows, outputs] });
  const method = sgd({ rate: RATE, momentum: MOMENTUM });
  return {
    unit: rows / batch,
    run: (epochs) => net.fit(data, { method, epochs, batchSize: full ? 'full' : batch }),
    loss: () => net.evaluate(data).loss,
    dispose() {
      net.dispose();
      data.dispose();
    },
  };
}
