// tfjs's variables while their numbers are ours. A training changes them thousands of times, and hardly anybody looks: so a
// variable's `dataId`, through which tfjs reaches its numbers, becomes a property that brings them up to date when it is asked
// for, and that tells when somebody assigns others.

import type { Variable } from '@tensorflow/tfjs-core';
import { assign, engine, placeOf } from './inside.js';

/** Numbers go to where a variable has its own, if nobody shares them; else to a new tensor. */
function put(variable: Variable, id: object, values: Float32Array): void {
  const owner = engine().state.tensorInfo.get(id)?.backend;
  const plain = owner?.data?.get(id);
  if (plain?.refCount === 1 && plain.values instanceof Float32Array && plain.values.length === values.length) {
    plain.values = values.slice(); // readers may hold the old array
    return;
  }
  const place = placeOf(id);
  if (place?.refCount === 1) {
    new Float32Array(place.buffer, place.offset, values.length).set(values);
    return;
  }
  assign(variable, values.slice(), owner);
}

/** What the variables of a training have in common: a step changes all of them at once. */
export class Loans {
  /** Steps so far. */
  steps = 0;
  /** Whether somebody may have assigned numbers, or disposed of a variable: each of which tfjs does through its `dataId`. */
  touched = true;
}

/** A variable whose numbers stand elsewhere. */
export class Lent {
  private id: object;
  /** The step that the variable's numbers are of. */
  private step: number;
  /** Whether somebody assigned others than ours. */
  changed = false;
  private putting = false;

  /**
   * @param current our numbers as they are now, valid until memory grows
   * @param moves whether steps change them
   */
  constructor(
    private readonly variable: Variable,
    private readonly loans: Loans,
    private readonly moves: boolean,
    private readonly current: () => Float32Array,
  ) {
    this.id = variable.dataId;
    this.step = loans.steps;
    Object.defineProperty(variable, 'dataId', {
      configurable: true,
      enumerable: true,
      get: () => this.update(),
      set: (id: object) => {
        this.id = id;
        if (this.putting) return;
        this.step = loans.steps;
        this.changed = true;
        loans.touched = true;
      },
    });
  }

  /** Brings the variable up to date. @returns its data's id */
  private update(): object {
    const { loans, variable } = this;
    loans.touched = true;
    if (this.moves && this.step !== loans.steps && !this.putting && !variable.isDisposed) {
      this.step = loans.steps;
      this.putting = true;
      try {
        put(variable, this.id, this.current());
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
