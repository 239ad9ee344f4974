// Dense: y = f(x·K + b), applied to the last axis.

import { Operand } from '../../../../build/codes.js';
import { zeros } from '../memory.js';
import type { Slot } from '../parameters.js';
import { type Curve, placeOfInputs } from './activations.js';
import { Operation, type Place } from './operation.js';

export class Dense extends Operation {
  override readonly slots: readonly Slot[];
  private z = 0;
  private scratch = 0;

  constructor(
    /** Rows of the last axis in each sample. */
    private readonly times: number,
    private readonly width: number,
    private readonly units: number,
    private readonly kernel: Slot,
    private readonly bias: Slot | undefined,
    private readonly activation: Curve,
  ) {
    super(times * width, times * units);
    this.slots = bias ? [kernel, bias] : [kernel];
    for (const slot of this.slots) slot.adds = true;
  }

  override place(place: Place, x: number): void {
    super.place(place, x);
    const rows = place.rows * this.times;
    const { width, units, core } = this;
    this.z = placeOfInputs(this.activation, place, this.y, rows * units);
    const { plain, transposed } = Operand;
    const bytes = Math.max(
      core.gemmScratch(plain, plain, rows, units, width),
      core.gemmScratch(transposed, plain, width, units, rows),
      core.gemmScratch(plain, transposed, rows, width, units),
    );
    this.scratch = place.arena.allocate(bytes);
  }

  override placeBack(place: Place, dy: number, wanted: boolean): void {
    this.dy = dy;
    this.dx = wanted ? zeros(place, place.rows * this.inputs) : 0;
  }

  forward(samples: number): void {
    const { core, width, units, z, bias } = this;
    const rows = samples * this.times;
    const row = 4 * units;
    const { plain } = Operand;
    core.gemm(
      plain,
      plain,
      rows,
      units,
      width,
      this.x,
      4 * width,
      this.kernel.address,
      row,
      z,
      row,
      bias?.address ?? 0,
      0,
      this.scratch,
    );
    if (!this.activation.idle) this.activation.forward(core, rows, units, z, this.y);
  }

  backward(samples: number, share: number): void {
    const { core, width, units, dy, kernel, bias, scratch } = this;
    const rows = samples * this.times;
    const [column, row] = [4 * width, 4 * units];
    const { plain, transposed } = Operand;
    if (!this.activation.idle) this.activation.backward(core, rows, units, this.z, this.y, dy, dy);
    if (this.dx) core.gemm(plain, transposed, rows, width, units, dy, row, kernel.address, row, this.dx, column, 0, 0, scratch);
    this.learn(rows, false);
    if (!kernel.isDirect && !bias?.isDirect) return;
    core.scale(rows * units, share, dy);
    this.learn(rows, true);
  }

  /** Finds the gradients that go straight to the weights, or the others. */
  private learn(rows: number, directly: boolean): void {
    const { core, width, units, dy, kernel, bias, scratch } = this;
    const [column, row] = [4 * width, 4 * units];
    const { plain, transposed } = Operand;
    const { gradient } = kernel;
    if (gradient && kernel.isDirect === directly) {
      const addend = directly ? gradient : 0;
      core.gemm(transposed, plain, width, units, rows, this.x, column, dy, row, gradient, row, addend, row, scratch);
    }
    if (bias?.gradient && bias.isDirect === directly)
      core.columnSums(rows, units, dy, bias.gradient, directly ? bias.gradient : 0);
  }
}
