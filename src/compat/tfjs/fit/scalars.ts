// Logs as callbacks of tfjs's classes see them: losses and metrics are tensors there, until somebody makes numbers of them.

import type { Tensor } from '@tensorflow/tfjs-core';
import { engine } from '../inside.js';
import type { Logs } from './history.js';

/** What tfjs has as numbers. */
const NUMBERS: ReadonlySet<string> = new Set(['batch', 'size']);

/** Tensors that are made when somebody asks for them, and disposed of together. */
export class Scalars {
  private readonly made: Tensor[] = [];

  /** The logs with tensors. */
  show(logs: Logs): Logs {
    const shown: Logs = {};
    for (const key in logs) {
      if (NUMBERS.has(key)) shown[key] = logs[key]!;
      else this.define(shown, key, logs[key]!);
    }
    return shown;
  }

  private define(shown: Logs, key: string, value: number): void {
    let seen: unknown;
    Object.defineProperty(shown, key, {
      configurable: true,
      enumerable: true,
      get: () => {
        if (seen === undefined) {
          const tensor = engine().makeTensor(Float32Array.of(value), [], 'float32');
          tensor.kept = true; // by a tidy around the callback
          this.made.push(tensor);
          seen = tensor;
        }
        return seen;
      },
      set: (given: unknown) => {
        seen = given;
      },
    });
  }

  dispose(): void {
    for (const tensor of this.made.splice(0)) if (!tensor.isDisposed) tensor.dispose();
  }
}
