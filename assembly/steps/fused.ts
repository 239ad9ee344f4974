// A step of training whose gradients go into the weights while they are in the caches: block by block of a kernel, each once its
// errors are known.

import { Operand } from "../codes";
import { SIZE } from "../vec";
import { columnSums } from "../kernels/blas1";
import { blockRows, gemm, isCutFreely, packRowsB, panelBytes } from "../kernels/gemm";
import { Layer } from "../layers/layer";
import { realAt } from "../addresses";
import { Plan, layerAt, layerInput } from "../layers/table";
import { planDescend } from "../passes/plan";
import { Update } from "../rules/state";
import { updateRange } from "../rules/update";

/**
 * The gradient of a layer's kernel and bias from x (rows×inputs) and d = ∂E/∂y (rows×units), and the step along it, once the
 * layer below has its errors.
 */
function gradientStep(u: Update, plan: Plan, layer: Layer, rows: i32, x: usize, d: usize): void {
  const inputs = layer.inputs, units = layer.units, ldx = <usize>inputs * SIZE, ldd = <usize>units * SIZE;
  const own = realAt(u.gradient, layer.first), bytes = isCutFreely(inputs, units, rows) ? panelBytes(units, rows) : 0;
  if (bytes) packRowsB(units, rows, 0, rows, d, ldd, plan.scratch);
  const b = bytes ? plan.scratch : d, stored = bytes ? Operand.packed : Operand.plain, block = blockRows();
  for (let from = 0; from < inputs; from += block) {
    const count = min(block, inputs - from), last = from + count == inputs;
    const g = own + <usize>from * ldd;
    gemm(
      Operand.transposed, stored, count, units, rows, x + <usize>from * SIZE, ldx, b, ldd, g, ldd, 0, ldd, plan.scratch + bytes,
    );
    if (last && layer.bias) columnSums(rows, units, d, realAt(own, layer.kernelSize), 0);
    updateRange(u, plan, layer, from * units, last ? layer.parameters : (from + count) * units);
  }
}

/** One step, after planForward on x and planSlope: all layers are dense, and the rule takes parameters part by part. */
export function fusedBackward(u: Update, plan: Plan, rows: i32, x: usize): void {
  const at = changetype<usize>(plan);
  for (let i = plan.layers - 1; i >= 0; i--) {
    const d = plan.delta;
    if (i) planDescend(at, i, rows, x); // before the kernel that it reads is updated
    gradientStep(u, plan, layerAt(plan, i), rows, layerInput(plan, i, x), d);
  }
}
