// tfjs's variables while their numbers are ours. A training changes them thousands of times, and hardly anybody looks: so a
// variable's `dataId`, through which tfjs reaches its numbers, becomes a property that brings them up to date when it is asked
// for, and that tells when somebody assigns others. Where several trainings have a variable's numbers, a fit within a fit's
// callback or two fits side by side, each of their steps goes to the variable, and from there to the others.

import type { Variable } from '@tensorflow/tfjs-core';
import { assign, engine, placeOf } from './inside.js';

/**
 * Numbers go to where a variable has its own, if nobody shares them, in an array of JavaScript's or in the WebAssembly memory of
 * tfjs's backend; else to a new tensor on the same backend.
 */
function put(variable: Variable, id: object, values: Float32Array): void {
  const owner = engine().state.tensorInfo.get(id)?.backend;
  const plain = owner?.data?.get(id);
  const own = plain?.refCount === 1 ? Object.getOwnPropertyDescriptor(plain, 'values') : undefined;
  if (own?.writable && own.value instanceof Float32Array && own.value.length === values.length) {
    plain!.values = values.slice(); // readers may hold the old array
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
  /** Those whose numbers another training has, too. */
  readonly common = new Set<Lent>();

  /** A step has been taken. */
  step(): void {
    this.steps++;
    if (this.common.size > 0) for (const lent of this.common) lent.publish();
  }
}

/** A variable, and all who have its numbers. */
class Borrowed {
  private static readonly all = new WeakMap<Variable, Borrowed>();

  static of(variable: Variable): Borrowed {
    return Borrowed.all.get(variable) ?? new Borrowed(variable);
  }

  private id: object;
  private readonly holders: Lent[] = [];
  private putting = false;

  private constructor(private readonly variable: Variable) {
    this.id = variable.dataId;
    Borrowed.all.set(variable, this);
    Object.defineProperty(variable, 'dataId', {
      configurable: true,
      enumerable: true,
      get: () => this.update(),
      set: (id: object) => {
        this.id = id;
        if (!this.putting) for (const holder of this.holders) holder.outdate();
      },
    });
  }

  /** Brings the variable up to date. @returns its data's id */
  update(): object {
    for (const holder of this.holders) {
      holder.loans.touched = true;
      if (holder.isAhead && !this.putting && !this.variable.isDisposed) this.take(holder);
    }
    return this.id;
  }

  private take(holder: Lent): void {
    this.putting = true;
    try {
      put(this.variable, this.id, holder.current());
      holder.level();
    } finally {
      this.putting = false;
    }
  }

  /** One of several holders has taken a step. */
  publish(from: Lent): void {
    this.update();
    for (const holder of this.holders) if (holder !== from) holder.outdate();
  }

  join(holder: Lent): void {
    this.update();
    this.holders.push(holder);
    if (this.holders.length > 1) for (const each of this.holders) each.loans.common.add(each);
  }

  leave(holder: Lent): void {
    try {
      this.update();
    } finally {
      const { holders, variable, id } = this;
      holders.splice(holders.indexOf(holder), 1);
      holder.loans.common.delete(holder);
      if (holders.length === 1) holders[0]!.loans.common.delete(holders[0]!);
      if (holders.length === 0) {
        Borrowed.all.delete(variable);
        Object.defineProperty(variable, 'dataId', { configurable: true, enumerable: true, writable: true, value: id });
      }
    }
  }
}

/** A variable whose numbers a training has: they stand elsewhere. */
export class Lent {
  private readonly borrowed: Borrowed;
  /** The step that the variable's numbers are of. */
  private step: number;
  /** Whether somebody gave it others than ours. */
  changed = false;

  /**
   * @param current our numbers as they are now, valid until memory grows
   * @param moves whether steps change them
   */
  constructor(
    variable: Variable,
    readonly loans: Loans,
    private readonly moves: boolean,
    readonly current: () => Float32Array,
  ) {
    this.step = loans.steps;
    this.borrowed = Borrowed.of(variable);
    this.borrowed.join(this);
  }

  /** Whether the variable has older numbers than ours. */
  get isAhead(): boolean {
    return this.moves && this.step !== this.loans.steps;
  }

  /** The variable has our numbers now. */
  level(): void {
    this.step = this.loans.steps;
  }

  /** The variable has others than ours. */
  outdate(): void {
    this.level();
    this.changed = true;
    this.loans.touched = true;
  }

  /** Brings the variable up to date for all others who have its numbers. */
  publish(): void {
    if (this.isAhead) this.borrowed.publish(this);
  }

  /** Gives the variable back, up to date. */
  giveBack(): void {
    this.borrowed.leave(this);
  }
}

/** Gives variables back, each of them whatever becomes of the others. @throws what the first one threw */
export function giveBackAll(lent: Iterable<Pick<Lent, 'giveBack'>>): void {
  const errors: unknown[] = [];
  for (const each of lent) {
    try {
      each.giveBack();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}
