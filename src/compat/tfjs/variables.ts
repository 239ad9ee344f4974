// tfjs's variables while their numbers are ours. A training changes them thousands of times, and hardly anybody looks: so a
// variable's `dataId`, through which tfjs reaches its numbers, becomes a property that brings them up to date when it is asked
// for, and that tells when somebody assigns others.

import type { Variable } from '@tensorflow/tfjs-core';
import { assign, engine } from './inside.js';

/** Numbers go to where a variable has its own, if nobody shares them; else to a new tensor. */
function put(variable: Variable, id: object, values: Float32Array): void {
  const owner = engine().state.tensorInfo.get(id)?.backend;
  const plain = owner?.data?.get(id);
  if (plain?.refCount === 1 && plain.values instanceof Float32Array && plain.values.length === values.length) {
    plain.values = values.slice(); // readers may hold the old array
    return;
  }
  const inHeap = owner?.dataIdMap?.get(id);
  if (inHeap?.refCount === 1 && typeof inHeap.memoryOffset === 'number' && owner?.wasm) {
    new Float32Array(owner.wasm.HEAPU8.buffer, inHeap.memoryOffset, values.length).set(values);
    return;
  }
  assign(variable, values.slice(), owner);
}

/** A variable whose numbers stand elsewhere. */
export class Lent {
  private id: object;
  /** Whether the variable has older numbers than ours. */
  stale = false;
  /** Whether somebody assigned others than ours. */
  changed = false;
  private putting = false;

  /** @param current our numbers as they are now, valid until memory grows */
  constructor(
    private readonly variable: Variable,
    private readonly current: () => Float32Array,
  ) {
    this.id = variable.dataId;
    Object.defineProperty(variable, 'dataId', {
      configurable: true,
      enumerable: true,
      get: () => this.update(),
      set: (id: object) => {
        this.id = id;
        if (this.putting) return;
        this.stale = false;
        this.changed = true;
      },
    });
  }

  /** Brings the variable up to date. @returns its data's id */
  private update(): object {
    if (this.stale && !this.putting && !this.variable.isDisposed) {
      this.stale = false;
      this.putting = true;
      try {
        put(this.variable, this.id, this.current());
      } finally {
        this.putting = false;
      }
    }
    return this.id;
  }

  /** Gives the variable back, up to date. */
  giveBack(): void {
    this.update();
    Object.defineProperty(this.variable, 'dataId', { configurable: true, enumerable: true, writable: true, value: this.id });
  }
}
