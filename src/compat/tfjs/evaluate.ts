// evaluate, evaluateDataset and predict.

import type { Tensor } from '@tensorflow/tfjs-core';
import { type Batches, type Dataset, batchOf } from './batches.js';
import { checkedBatchSize, disposeOthers } from './data.js';
import { Averages, averaged } from './averages.js';
import { type Model, engine, numbersIn } from './inside.js';
import { Trainer } from './trainer.js';

/** The loss and metrics of all rows, as numbers; the loss is that of weighted rows, where they have weights. */
export function evaluated(
  model: Model,
  x: unknown,
  y: unknown,
  batch: number | null | undefined,
  weights?: ArrayLike<number>,
): number[] {
  const batchSize = checkedBatchSize(batch);
  const [xs, ys] = model.standardizeUserDataXY(x, y, true, batchSize);
  try {
    const [inputs, targets] = [xs[0]!, ys[0]!];
    const count = inputs.shape[0]!;
    const trainer = new Trainer(model, {
      rows: Math.min(batchSize, count),
      training: false,
      compares: true,
      dtype: targets.dtype,
    });
    try {
      const [at, t] = [trainer.copy(numbersIn(inputs)), trainer.copy(numbersIn(targets))];
      const w = weights ? trainer.copy(weights) : 0;
      const { inputs: width } = trainer.chain;
      return averaged(count, batchSize, (start, rows) =>
        trainer.measure(rows, at + 4 * start * width, t + 4 * start * trainer.targetSize, w && w + 4 * start),
      );
    } finally {
      trainer.dispose();
    }
  } finally {
    disposeOthers(xs, x);
    disposeOthers(ys, y);
  }
}

/** The same of a dataset, or of so many of its batches. */
export async function evaluatedDataset(model: Model, dataset: Dataset | Batches, batches?: number | null): Promise<number[]> {
  const limit = batches ?? undefined;
  if (limit !== undefined && !(Number.isInteger(limit) && limit > 0)) {
    throw new Error(`Test loop expects \`batches\` to be a positive integer, but received ${JSON.stringify(batches)}`);
  }
  const iterator = 'next' in dataset ? dataset : await dataset.iterator();
  const averages = new Averages();
  for (let done = 0; limit === undefined || done < limit; ) {
    const next = await iterator.next();
    if (next.value) {
      const { x, y, rows } = batchOf(model, next.value);
      const trainer = new Trainer(model, { rows, training: false, compares: true, dtype: y.dtype });
      try {
        trainer.load(numbersIn(x), numbersIn(y));
        averages.add(rows, trainer.measure(rows));
      } finally {
        trainer.dispose();
      }
      x.dispose();
      y.dispose();
      done++;
    }
    if (next.done) {
      if (limit !== undefined) {
        console.warn(
          'Your dataset iterator ran out of data during evaluateDataset(). Interrupting evalution. Make sure that your ' +
            `dataset can generate at least \`batches\` batches (in this case, ${limit} batches). ` +
            'You may need to use the repeat() function when building your dataset.',
        );
      }
      break;
    }
  }
  return averages.means;
}

/** Rows of a model's outputs at a time. */
const MOST_ROWS = 256;

/** For fewer rows than this, copying that many weights takes longer than TensorFlow.js's own work between its kernels. */
const FEW_ROWS = 8;
const MANY_WEIGHTS = 2 ** 15;

/**
 * A model's outputs for a tensor of rows; undefined where tfjs has to find them: while it records gradients, where the tensor is
 * on a device, or has another shape, of which tfjs tells; and where it is faster.
 */
export function predicted(model: Model, given: unknown): Tensor | undefined {
  const x = (Array.isArray(given) && given.length === 1 ? given[0] : given) as Tensor;
  const tf = engine();
  if (tf.state.gradientDepth > 0 || typeof x !== 'object' || x === null || !('dataId' in x)) return undefined;
  if (x.isDisposed) throw new Error('Tensor is disposed.');
  if (x.dtype === 'string' || x.dtype === 'complex64') return undefined;
  const owner = tf.state.tensorInfo.get(x.dataId)?.backend;
  if (!owner || (owner.dataIdMap === undefined && owner.data === undefined)) return undefined;
  const expected = model.inputs[0]?.shape.slice(1);
  const shape = x.shape.length === 1 ? [1] : x.shape.slice(1);
  if (model.inputs.length !== 1 || !expected || shape.length !== expected.length) return undefined;
  if (shape.some((n, i) => n !== expected[i])) return undefined;
  const count = x.shape[0]!;
  if (!(count > 0) || (count < FEW_ROWS && model.countParams() > MANY_WEIGHTS)) return undefined;
  const rows = Math.min(MOST_ROWS, count);
  const trainer = new Trainer(model, { rows, training: false, compares: false });
  try {
    const { chain, heap } = trainer;
    const at = trainer.copy(numbersIn(x));
    const outputs = new Float32Array(count * chain.outputs);
    for (let start = 0; start < count; start += rows) {
      const some = Math.min(rows, count - start);
      trainer.predict(some, at + 4 * start * chain.inputs);
      outputs.set(new Float32Array(heap.buffer, trainer.y, some * chain.outputs), start * chain.outputs);
    }
    return tf.makeTensor(outputs, [count, ...chain.outputShape], 'float32');
  } finally {
    trainer.dispose();
  }
}
