// The rate at which steps on a few samples are safe, from the curvature of batches.

import { crc32 } from '../../runtime/crc.js';
import type { Work } from '../../runtime/work.js';
import { PrincipalCurvature } from './measured-rate.js';
import type { Task } from '../method.js';

/** What a method's state has of the samples that a rate was measured on. */
export const MEASURED_ON = 'samples measured on';

/**
 * A checksum of a task's samples, and the size of batch that it began with: with the same, a fit goes on as if it had not been
 * divided.
 */
export function measuredOn({ samples: { x, t, w }, subset, size }: Task): Float64Array<ArrayBuffer> {
  const bytes = [x, t, w, subset].map((part) => {
    if (!part) return new Uint8Array(0);
    const { buffer, byteOffset, byteLength } = part.view();
    return new Uint8Array(buffer, byteOffset, byteLength);
  });
  return Float64Array.of(Number.parseInt(crc32(bytes), 16), size.least);
}

/** Batches to look at, and samples in all of them beyond which one will do. */
const BATCHES = 8;
const SAMPLES = 500;

/** The rate where no batch is curved upwards: that of descent by default. */
const RATE = 0.01;

/**
 * 1/λmax of the most curved of a few batches. A batch is curved more than the whole set, the more so the fewer samples it has: a
 * step on one sample at 1/λmax of the set would overshoot by as many times as ‖x‖² is larger than λmax.
 */
export class SafeRate {
  private readonly batches: number;
  private readonly curvature: PrincipalCurvature;

  /** @throws OutOfMemoryError */
  constructor(task: Task, batchSize: number) {
    const size = Math.min(batchSize, SAMPLES, task.rows);
    this.batches = Math.max(1, Math.min(BATCHES, Math.floor(SAMPLES / size), Math.ceil(task.rows / size)));
    this.curvature = new PrincipalCurvature(task, size);
  }

  /** The rate at the weights of now, which stay as they are. */
  *measure(round: number): Work<number> {
    let most = 0;
    for (let k = 0; k < this.batches; k++) most = Math.max(most, yield* this.curvature.measure(round + k));
    return most > 0 ? 1 / most : RATE;
  }
}
