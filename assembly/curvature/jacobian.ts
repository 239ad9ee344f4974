// The Jacobian of the outputs, pattern by pattern: a pass back for each output, started by a unit vector (Efficient BackProp 7.2).

import { SIZE } from "../vec";
import { Patterns } from "../batch";
import { SOFTMAX } from "../kernels/activation";
import { outerProduct } from "../kernels/matvec";
import { BATCH_NORM, DENSE, LAYER_NORM, Layer, RBF, layerSlope } from "../layer";
import { Plan, layerAt, layerInput, parameterAt, planDescend, planForward, topLayer } from "../plan";

// @ts-ignore: decorator
@inline
function get(p: usize, i: i32): f64 {
  return <f64>load<real>(p + <usize>i * SIZE);
}

// @ts-ignore: decorator
@inline
function set(p: usize, i: i32, x: f64): void {
  store<real>(p + <usize>i * SIZE, <real>x);
}

/** out[r] = each pattern's gradient of a layer's parameters, from delta = d at y   out: rows `stride` bytes apart */
function ownGradients(layer: Layer, rows: i32, x: usize, parameters: usize, d: usize, out: usize, stride: usize): void {
  const inputs = layer.inputs, units = layer.units, size = layer.kernelSize;
  for (let r = 0; r < rows; r++, out += stride) {
    const own = d + <usize>(r * units) * SIZE, input = x + <usize>(r * inputs) * SIZE, second = out + <usize>size * SIZE;
    switch (layer.kind) {
      case DENSE: {
        outerProduct(inputs, units, input, SIZE, own, out, <usize>units * SIZE, 0);
        if (layer.bias) memory.copy(second, own, <usize>units * SIZE);
        break;
      }
      case RBF: {
        for (let j = 0; j < units; j++) {
          const q = get(own, j);
          set(second, j, -2 * q * get(layer.y, r * units + j));
          for (let i = 0; i < inputs; i++) set(out, i * units + j, q * (get(parameters, i * units + j) - get(input, i)));
        }
        break;
      }
      case BATCH_NORM: case LAYER_NORM: {
        for (let j = 0; j < units; j++) {
          set(out, j, get(own, j) * get(layer.y, r * units + j));
          set(second, j, get(own, j));
        }
      }
    }
  }
}

/**
 * jacobian[r·O + k, :] = ∂a_k/∂θ of pattern first + r, times √w[r] if `weighted`; outputs[r·O + k] = a_k. r < rows ≤ the plan's; a row of the jacobian has
 * `stride` bytes and P reals.
 */
export function jacobianRows(
  planAt: usize, patternsAt: usize, first: i32, rows: i32, weighted: i32, jacobian: usize, stride: usize, outputs: usize,
): void {
  const plan = changetype<Plan>(planAt), patterns = changetype<Patterns>(patternsAt), top = topLayer(plan), units = top.units;
  plan.learning = 0;
  patterns.take(first, rows);
  const x = patterns.atX, w = weighted ? patterns.atW : 0;
  planForward(planAt, rows, x);
  memory.copy(outputs, top.a, <usize>(rows * units) * SIZE);
  for (let k = 0; k < units; k++) {
    const d = plan.delta;
    for (let r = 0; r < rows; r++) {
      const root = w ? sqrt(get(w, r)) : 1, at = r * units;
      for (let j = 0; j < units; j++) {
        const one: f64 = j == k ? 1 : 0;
        // The softmax couples outputs: ∂a_k/∂y_j = a_k·(δ_kj − a_j).
        set(d, at + j, root * (top.activation == SOFTMAX ? get(top.a, at + k) * (one - get(top.a, at + j)) : one));
      }
    }
    if (top.activation != SOFTMAX) layerSlope(top, rows, parameterAt(plan.theta, top.first), d);
    for (let i = plan.layers - 1; i >= 0; i--) {
      const layer = layerAt(plan, i), column = parameterAt(jacobian + <usize>k * stride, layer.first);
      ownGradients(layer, rows, layerInput(plan, i, x), parameterAt(plan.theta, layer.first), plan.delta, column, stride * units);
      if (i) planDescend(planAt, i, rows, x);
    }
  }
}
