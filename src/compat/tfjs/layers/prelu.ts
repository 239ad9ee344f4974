// PReLU: x, or α·x below 0, with an α for each input or one for several.

import type { Slot } from '../parameters.js';
import { sharing } from '../shapes.js';
import { Operation, type Place } from './operation.js';

export class PRelu extends Operation {
  override readonly slots: readonly Slot[];
  private readonly map: Uint32Array;
  private mapAddress = 0;
  private heap!: Place['heap'];

  constructor(
    shape: readonly number[],
    private readonly alpha: Slot,
  ) {
    const map = sharing(shape, alpha.variable.shape as readonly number[]);
    super(map.length, map.length);
    this.map = map;
    this.slots = [alpha];
  }

  override place(place: Place, x: number): void {
    super.place(place, x);
    this.heap = place.heap;
    this.mapAddress = place.arena.allocate(4 * this.map.length);
    new Uint32Array(place.heap.buffer, this.mapAddress, this.map.length).set(this.map);
  }

  forward(rows: number): void {
    this.core.prelu(rows, this.inputs, this.x, this.alpha.address, this.mapAddress, this.y);
  }

  override placeBack(place: Place, dy: number, wanted: boolean): void {
    super.placeBack(place, dy, wanted);
    this.dx = dy;
  }

  backward(rows: number): void {
    const { core, alpha, dy } = this;
    if (alpha.gradient) new Float32Array(this.heap.buffer, alpha.gradient, alpha.size).fill(0);
    core.preluBackward(rows, this.inputs, this.x, alpha.address, this.mapAddress, dy, this.dx, alpha.gradient);
  }
}
