// A model's metrics: those that are known in linear memory, all others by their functions, on tensors.

import type { DataType, Tensor } from '@tensorflow/tfjs-core';
import type { TensorCore } from '../../../bindings/tensors.js';
import type { Heap } from '../../../bindings/memory.js';
import { type LossOrMetric, type Model, engine } from './inside.js';
import { type LossName, givenLoss, lossNamed } from './losses/losses.js';
import { sizeOf } from './shapes.js';

/** Rows of targets and outputs in linear memory. */
interface Outcome {
  readonly samples: number;
  readonly targets: number;
  readonly outputs: number;
}

/** What outputs and targets look like: numbers in the last axis, and how many of those in a sample. */
export interface OutputShape {
  readonly shape: readonly number[];
  readonly width: number;
  readonly times: number;
  /** Numbers of a target in each row: 1 where classes have numbers. */
  readonly targetWidth: number;
  readonly dtype: DataType;
}

/** A metric's mean over a batch, as float32. */
export type Metric = (outcome: Outcome) => number;

/** What `accuracy` and `crossentropy` stand for: it depends on the loss and on how many outputs there are. */
function shorthand(model: Model, name: string, width: number): string {
  const loss = givenLoss(model);
  const binary = width === 1 || loss === 'binaryCrossentropy';
  const kind = binary ? 'binary' : loss === 'sparseCategoricalCrossentropy' ? 'sparseCategorical' : 'categorical';
  return name.startsWith('acc') ? `${kind}Accuracy` : `${kind}Crossentropy`;
}

/** The metrics that the model was given, in the order of its functions. */
function given(model: Model): unknown[] {
  const { metrics } = model;
  if (typeof metrics === 'string' || typeof metrics === 'function') return [metrics];
  if (Array.isArray(metrics)) return metrics;
  if (metrics === null || typeof metrics !== 'object') return [];
  const own = (metrics as Record<string, unknown>)[model.outputNames[0]!] ?? [];
  return Array.isArray(own) ? own : [own];
}

const ACCURACIES = ['binaryAccuracy', 'categoricalAccuracy', 'sparseCategoricalAccuracy'] as const;

/** A metric that is known by its name. */
function native(core: TensorCore, name: string, { width, times, targetWidth }: OutputShape): Metric | undefined {
  const accuracy = ACCURACIES.find((each) => each === name);
  if (accuracy) {
    if ((accuracy === 'sparseCategoricalAccuracy') !== (targetWidth !== width) && width > 1) return undefined;
    return ({ samples, targets, outputs }) => core[accuracy](samples * times, width, targets, outputs);
  }
  const loss: LossName | undefined = lossNamed(name);
  if (!loss || (loss === 'sparseCategoricalCrossentropy') !== (targetWidth !== width)) return undefined;
  const epsilon = engine().backend.epsilon();
  return ({ samples, targets, outputs }) => core[loss](samples * times, width, targets, outputs, 0, epsilon, 0);
}

/** A metric by its function, which is given tensors. */
function onTensors(f: LossOrMetric, heap: Heap, { shape, targetWidth, dtype }: OutputShape): Metric {
  const targetShape = [...shape.slice(0, -1), targetWidth];
  return ({ samples, targets, outputs }) => {
    const tf = engine();
    const rows = (address: number, of: readonly number[]) => new Float32Array(heap.buffer, address, samples * sizeOf(of)).slice();
    return tf.tidy(() => {
      const numbers = rows(targets, targetShape);
      const t = tf.makeTensor(dtype === 'float32' ? numbers : Int32Array.from(numbers), [samples, ...targetShape], dtype);
      const values = (f(t, tf.makeTensor(rows(outputs, shape), [samples, ...shape], 'float32')) as Tensor).dataSync();
      let sum = 0;
      for (const value of values) sum += Number(value);
      return sum / values.length;
    });
  };
}

/** All metrics of a model, in its order. */
export function metricsOf(model: Model, core: TensorCore, heap: Heap, shape: OutputShape): Metric[] {
  const names = given(model);
  return model.metricsTensors.map(([f], i) => {
    const name = names[i];
    const known =
      typeof name === 'string'
        ? /^(acc|accuracy|ce|crossentropy)$/.test(name)
          ? shorthand(model, name, shape.width)
          : name
        : '';
    return native(core, known, shape) ?? onTensors(f, heap, shape);
  });
}
