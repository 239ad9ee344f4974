// Forward passes outside of training.

import { type Arena, type RealArray, Reals } from '../../bindings/memory.js';
import { copyMatrix, type matrix, someRows } from '../data/matrix.js';
import { Forward, type ForwardSubject } from './forward.js';
import { type Architecture, multiplyAdds, outputsOf } from './plan.js';

/** Rows that run through the network at a time, and how many such slabs are kept where several threads can share them. */
const SLAB_ROWS = 256;
const SLABS_FOR_THREADS = 8;

/** Multiply-adds of a prediction from which that is worth its memory. */
const WORTH_THREADS = 1e9;

/** A network without the softmax of its last layer. */
export function beforeSoftmax({ inputs, layers }: Architecture): Architecture {
  const top = layers.at(-1)!;
  const plain = top.type === 'dense' && top.activation === 'softmax' ? { ...top, activation: 'linear' as const } : top;
  return { inputs, layers: [...layers.slice(0, -1), plain], loss: 'meanSquaredError' };
}

/** Forward passes for `predict`: a plan and buffers that stay as long as the network, so that single rows are fast. */
export class Inference {
  private few: Buffers | undefined;
  private many: Buffers | undefined;

  constructor(
    private readonly subject: ForwardSubject,
    private readonly arena: Arena,
  ) {}

  run(m: ReturnType<typeof matrix>): RealArray {
    const { subject, arena } = this;
    if (subject.threads !== 1 && m.rows > 2 * SLAB_ROWS && m.rows * multiplyAdds(subject.architecture) >= WORTH_THREADS) {
      this.many ??= new Buffers(subject, arena, SLABS_FOR_THREADS * SLAB_ROWS);
      return this.many.run(m);
    }
    this.few ??= new Buffers(subject, arena, SLAB_ROWS);
    return this.few.run(m);
  }
}

/** Inputs and outputs of so many rows. */
class Buffers {
  private readonly x: Reals;
  private readonly outputs: Reals;
  private readonly forward: Forward;

  constructor(
    private readonly subject: ForwardSubject,
    arena: Arena,
    private readonly rows: number,
  ) {
    const { engine, architecture } = subject;
    this.x = new Reals(arena, engine.precision, rows * architecture.inputs);
    this.outputs = new Reals(arena, engine.precision, rows * outputsOf(architecture));
    this.forward = new Forward(subject, arena, { x: this.x }, undefined, SLAB_ROWS, 10);
  }

  run(m: ReturnType<typeof matrix>): RealArray {
    const { rows: most, subject, forward } = this;
    const { inputs } = subject.architecture;
    const outputs = outputsOf(subject.architecture);
    const result = this.x.precision === 'float32' ? new Float32Array(m.rows * outputs) : new Float64Array(m.rows * outputs);
    for (let first = 0; first < m.rows; first += most) {
      const rows = Math.min(most, m.rows - first);
      copyMatrix(someRows(m, first, rows), this.x.view().subarray(0, rows * inputs), 'X', first);
      forward.run(0, rows, this.outputs);
      result.set(this.outputs.view().subarray(0, rows * outputs), first * outputs);
    }
    return result;
  }
}
