// Forward passes outside of training.

import type { Engine } from '../bindings/core.js';
import { type Arena, type RealArray, Reals } from '../bindings/memory.js';
import { copyMatrix, type matrix, someRows } from './data/matrix.js';
import { type Architecture, type PatternSet, Plan, outputsOf } from './plan.js';

/** Forward passes for `predict`: a plan and buffers that stay as long as the network, so that single rows are fast. */
export class Inference {
  private readonly plan: Plan;
  private readonly x: Reals;
  private readonly outputs: Reals;
  private readonly set: PatternSet;

  constructor(engine: Engine, arena: Arena, architecture: Architecture, theta: Reals) {
    this.plan = new Plan(engine, arena, architecture, theta, 256, false);
    const { slab } = this.plan;
    this.x = new Reals(arena, engine.precision, slab * architecture.inputs);
    this.outputs = new Reals(arena, engine.precision, slab * outputsOf(architecture));
    this.set = this.plan.patterns(arena, { x: this.x });
  }

  run(m: ReturnType<typeof matrix>): RealArray {
    const { slab, architecture } = this.plan;
    const { inputs } = architecture;
    const outputs = outputsOf(architecture);
    const result = this.x.precision === 'float32' ? new Float32Array(m.rows * outputs) : new Float64Array(m.rows * outputs);
    for (let first = 0; first < m.rows; first += slab) {
      const rows = Math.min(slab, m.rows - first);
      copyMatrix(someRows(m, first, rows), this.x.view().subarray(0, rows * inputs), 'X', first);
      this.plan.evaluate(this.set, 0, rows, this.outputs);
      result.set(this.outputs.view().subarray(0, rows * outputs), first * outputs);
    }
    return result;
  }
}
