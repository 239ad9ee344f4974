// Operations over axes that are not the last ones: numbers are put in the order in which these are, and back.

import { zeros } from '../memory.js';
import type { Slot } from '../parameters.js';
import { Operation, type Pass, type Place } from './operation.js';

export class Along extends Operation {
  override readonly slots: readonly Slot[];
  private turned = 0;
  private turnedErrors = 0;

  /** @param sizes how many numbers of a sample the axes before, those that `inner` works on, and those behind have */
  constructor(
    private readonly inner: Operation,
    private readonly sizes: readonly [before: number, along: number, behind: number],
  ) {
    super(inner.inputs, inner.outputs);
    this.slots = inner.slots;
  }

  override place(place: Place, x: number): void {
    super.place(place, x);
    this.turned = zeros(place, place.rows * this.inputs);
    this.inner.place(place, this.turned);
  }

  override placeBack(place: Place, dy: number, wanted: boolean): void {
    super.placeBack(place, dy, wanted);
    this.turnedErrors = zeros(place, place.rows * this.outputs);
    this.inner.placeBack(place, this.turnedErrors, wanted);
  }

  forward(rows: number, pass: Pass): void {
    const { core, inner } = this;
    const [before, along, behind] = this.sizes;
    core.transpose(rows * before, along, behind, this.x, this.turned);
    inner.forward(rows, pass);
    core.transpose(rows * before, behind, along, inner.y, this.y);
  }

  backward(rows: number, share: number): void {
    const { core, inner } = this;
    const [before, along, behind] = this.sizes;
    core.transpose(rows * before, along, behind, this.dy, this.turnedErrors);
    inner.backward(rows, share);
    if (this.dx) core.transpose(rows * before, behind, along, inner.dx, this.dx);
  }
}
