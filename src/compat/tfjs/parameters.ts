// A model's weights in linear memory: those that are trained first, one after the other, so that an optimizer's step is one call.

import type { TensorCore } from '../../../bindings/tensors.js';
import type { Arena, Heap } from '../../../bindings/memory.js';
import { valueError } from './errors.js';
import { type LayerVariable, type Regularizer, numbersIn } from './inside.js';
import { zeros } from './memory.js';
import { Lent, Loans, giveBackAll } from './variables.js';

/** What is added to the loss for a weight. */
export interface Penalty {
  /** What asks for it, by now perhaps for another one. */
  readonly of: Regularizer;
  readonly l1: number;
  readonly l2: number;
}

/** Reals from one slot to the next: whole vectors. */
export const padded = (size: number): number => (size + 3) & ~3;

/** A weight: where its numbers are, and its gradient, 0 unless it is trained. */
export class Slot {
  address = 0;
  gradient = 0;
  /** Whether its layer can add the gradient to something as it finds it. */
  adds = false;
  private lent: Lent | undefined;

  constructor(
    readonly variable: LayerVariable,
    readonly penalty: Penalty | undefined,
    /** Whether forward passes in training change it: a moving average. */
    readonly moves = false,
  ) {}

  get size(): number {
    return this.variable.val.size;
  }

  /** Takes the variable's numbers. @throws Error in tfjs's words where it has been disposed of */
  read(heap: Heap): void {
    this.check();
    this.numbers(heap).set(numbersIn(this.variable.val));
  }

  private numbers(heap: Heap): Float32Array {
    return new Float32Array(heap.buffer, this.address, this.size);
  }

  private check(): void {
    const { name, val } = this.variable;
    if (val.isDisposed) throw new Error(`LayersVariable ${name} is already disposed.`);
  }

  /** @throws ValueError where one of its numbers is not finite: training would go on with NaN alone */
  checkNumbers(core: TensorCore, heap: Heap): void {
    if (Number.isFinite(core.penalty(this.size, this.address, 1, 0, 0))) return;
    const numbers = this.numbers(heap);
    const at = numbers.findIndex((value) => !Number.isFinite(value));
    if (at < 0) return; // only their sum is not finite
    const { name } = this.variable;
    throw valueError(`LayersVariable ${name} has the value ${numbers[at]} at index ${at}: set other weights before training.`);
  }

  lend(heap: Heap, loans: Loans): void {
    const moves = this.moves || this.gradient !== 0;
    this.lent = new Lent(this.variable.val, loans, moves, () => this.numbers(heap));
  }

  /** Whether its gradient goes to the weight itself, times what a step is of it. */
  get isDirect(): boolean {
    return this.gradient !== 0 && this.gradient === this.address;
  }

  /** Takes up what users assigned. @throws Error in tfjs's words where they disposed of it */
  takeUp(heap: Heap): void {
    this.check();
    if (!this.lent?.changed) return;
    this.read(heap);
    this.lent.changed = false;
  }

  giveBack(): void {
    const { lent } = this;
    this.lent = undefined;
    lent?.giveBack();
  }
}

/** Slots next to each other that an optimizer trains by their gradients: its state has their order. */
export interface Run {
  readonly address: number;
  readonly gradient: number;
  /** Reals before it in an optimizer's vectors. */
  readonly offset: number;
  readonly length: number;
}

/** All weights of a chain. */
export class Parameters {
  /** Those that the model was compiled to train, in the optimizer's order. */
  readonly collected: readonly Slot[];
  readonly runs: readonly Run[];
  /** Reals of all that are collected. */
  readonly length: number;
  readonly loans = new Loans();
  private readonly learns: boolean;

  /** @param directly whether steps are gradients times a number, so that those that can be added go straight to the weights */
  constructor(
    core: TensorCore,
    readonly heap: Heap,
    arena: Arena,
    readonly slots: readonly Slot[],
    collected: readonly LayerVariable[],
    training: boolean,
    directly: boolean,
  ) {
    const of = new Map(slots.map((slot) => [slot.variable, slot]));
    this.collected = training ? collected.flatMap((variable) => of.get(variable) ?? []) : [];
    const others = slots.filter((slot) => !this.collected.includes(slot));
    this.length = this.collected.reduce((sum, slot) => sum + padded(slot.size), 0);
    const room = { heap, arena };
    const values = zeros(room, this.length);
    const gradients = zeros(room, this.length);
    const runs: { address: number; gradient: number; offset: number; length: number }[] = [];
    let offset = 0;
    for (const slot of this.collected) {
      const length = padded(slot.size);
      slot.address = values + 4 * offset;
      if (slot.variable.val.trainable && directly && slot.adds && !slot.penalty) slot.gradient = slot.address;
      else if (slot.variable.val.trainable) {
        slot.gradient = gradients + 4 * offset;
        const last = runs.at(-1);
        if (last && last.offset + last.length === offset) last.length += length;
        else runs.push({ address: slot.address, gradient: slot.gradient, offset, length });
      }
      offset += length;
    }
    this.runs = runs;
    for (const slot of others) slot.address = zeros(room, padded(slot.size));
    for (const slot of slots) slot.read(heap);
    if (training) for (const slot of slots) slot.checkNumbers(core, heap);
    this.learns = slots.some(({ gradient }) => gradient);
    this.watched = training ? slots : [];
    for (const slot of this.watched) slot.lend(heap, this.loans);
  }

  /** Every slot whose variable is lent: the others may be assigned, too. */
  private readonly watched: readonly Slot[];

  /** Adds what regularizers ask for to gradients. @returns what they add to the loss */
  penalties(core: TensorCore): number {
    let total = 0;
    for (const { penalty, size, address, gradient } of this.slots)
      if (penalty) total += core.penalty(size, address, penalty.l1, penalty.l2, gradient);
    return total;
  }

  /** Takes up what users assigned. @throws Error in tfjs's words where they disposed of a weight, or froze all */
  takeUp(): void {
    if (!this.learns) {
      const count = this.collected.length;
      throw new Error(
        'variableGrads() expects at least one of the input variables to be trainable, ' +
          `but none of the ${count} variables is trainable.`,
      );
    }
    for (const slot of this.watched) slot.takeUp(this.heap);
  }

  giveBack(): void {
    giveBackAll(this.watched);
  }
}
