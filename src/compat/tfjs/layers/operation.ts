// What a layer does with the rows of a batch, in linear memory.

import type { TensorCore } from '../../../../bindings/tensors.js';
import { type Room, zeros } from '../memory.js';
import type { Slot } from '../parameters.js';

/** Where operations compute. */
export interface Place extends Room {
  readonly core: TensorCore;
  /** The most rows at a time. */
  readonly rows: number;
}

/** A pass through the chain: what random layers draw from. */
export interface Pass {
  readonly training: boolean;
  readonly low: number;
  readonly high: number;
  readonly step: number;
}

/** An operation. Addresses are set by `place` and `placeBack`, before it is asked to compute. */
export abstract class Operation {
  protected core!: TensorCore;
  /** Inputs and outputs: rows of `inputs` and `outputs` numbers. */
  x = 0;
  y = 0;
  /** Their errors; dx is 0 where nobody asks for it. */
  protected dy = 0;
  dx = 0;
  /** Its weights. */
  readonly slots: readonly Slot[] = [];

  constructor(
    readonly inputs: number,
    readonly outputs: number,
  ) {}

  /** Takes memory for outputs, given where the inputs are. */
  place(place: Place, x: number): void {
    this.core = place.core;
    this.x = x;
    this.y = zeros(place, place.rows * this.outputs);
  }

  /** Takes memory for the inputs' errors, given where those of the outputs are: the same, where one may become the other. */
  placeBack(_place: Place, dy: number, wanted: boolean): void {
    this.dy = dy;
    this.dx = wanted ? dy : 0;
  }

  abstract forward(rows: number, pass: Pass): void;

  /** Finds gradients of its weights, and dx. Those that go straight to the weights are multiplied by `share`; dy may be, too. */
  abstract backward(rows: number, share: number): void;
}
