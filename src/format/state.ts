// Where training can be taken up, in a model file: what is numbers in tensors of their own, `state.…`, so that no bit is lost,
// and the rest in the configuration, under `state`.

import type { RealArray } from '../../bindings/memory.js';
import { type Checkpoint, type NetworkState, PART_NAMES, type PartState } from '../training/checkpoint.js';
import type { MethodState } from '../methods/method.js';
import type { StateParts } from './network.js';
import type { Tensor } from './safetensors.js';

/** What the names of all its tensors begin with. */
export const PREFIX = 'state.';

/** Tensors as they are put together. */
export class StateWriter {
  readonly tensors: Tensor[] = [];

  /** A vector under a name. */
  vector(name: string, data: RealArray): void {
    this.tensors.push({ name: PREFIX + name, shape: [data.length], data });
  }

  /** Numbers and vectors; what the configuration says of them, so that none can be missing. */
  part(name: string, { numbers, vectors }: PartState): unknown {
    this.vector(name, Float64Array.from(numbers));
    for (const [own, data] of Object.entries(vectors)) this.vector(`${name}.${own}`, data);
    const lengths = Object.fromEntries(Object.entries(vectors).map(([own, { length }]) => [own, length]));
    return { numbers: numbers.length, vectors: lengths };
  }

  method(name: string, { method, epoch, step, samples, batchSize, memory, vectors, progress = [] }: MethodState): unknown {
    const numbers = [epoch, step, samples, batchSize, memory.length, ...memory, ...progress];
    return { name: method, part: this.part(name, { numbers, vectors }) };
  }
}

/** A network's state as a file has it. */
export function stateParts({ memory, checkpoint }: NetworkState): StateParts {
  const writing = new StateWriter();
  const config = {
    ...(memory && { memory: writing.method('memory', memory) }),
    ...(checkpoint && { fit: fitDocument(checkpoint, writing, 'fit') }),
  };
  return { config, tensors: writing.tensors };
}

/** The configuration of a fit that can be taken up. */
export function fitDocument(
  { asked, stop, lowered, waited, before, weights, method, parts }: Checkpoint,
  writing: StateWriter,
  name: string,
): unknown {
  writing.vector(`${name}.weights`, weights);
  if (before) writing.vector(`${name}.before`, before);
  return {
    asked,
    ...(stop && { stop }),
    lowered,
    waited,
    before: before !== undefined,
    ...(method && { method: writing.method(`${name}.method`, method) }),
    ...Object.fromEntries(PART_NAMES.map((part) => [part, writing.part(`${name}.${part}`, parts[part])])),
  };
}
