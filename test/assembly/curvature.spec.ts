// Products and diagonals of second derivatives by their laws, in the precision that they are compiled for: against JᵀQJ, each
// other, and sums over shards.

import { Activation, Loss } from "../../assembly/codes";
import { SIZE } from "../../assembly/vec";
import { samplesBytes, samplesOpen, planSlabs } from "../../assembly/passes/evaluate";
import { curvatureDiagonal, curvaturesBytes, curvaturesOpen, gradientAndDiagonal } from "../../assembly/curvature/diagonal";
import { jacobianRows } from "../../assembly/curvature/jacobian";
import { curvatureProduct, tangentsBytes, tangentsOpen } from "../../assembly/curvature/products";
import { objectiveGradient } from "../../assembly/passes/evaluate";
import { planDense } from "../../assembly/layers/dense";
import { planBytes, planOpen } from "../../assembly/layers/table";
import { planBind, planParameters, planWorkspace } from "../../assembly/passes/plan";
import { get, set } from "../../assembly/addresses";
import { ROUNDING, bytes, intact, near, randoms, room, seed } from "./buffers";

const ROWS: i32 = 7, INPUTS: i32 = 3, HIDDEN: i32 = 5, OUTPUTS: i32 = 2;

/** A network 3-5-2 on seven samples, seen four at a time: the last slab is short. */
class Setting {
  plan: usize;
  samples: usize;
  tangents: usize;
  curvatures: usize;
  parameters: i32;
  theta: usize;

  constructor(public loss: i32, weighted: bool) {
    const top = loss == Loss.meanSquaredError ? Activation.linear
      : loss == Loss.crossEntropy ? Activation.softmax : Activation.sigmoid;
    const plan = bytes(planBytes(2));
    planOpen(plan, 2, INPUTS, loss);
    planDense(plan, 0, HIDDEN, Activation.tanh, 0, 1);
    planDense(plan, 1, OUTPUTS, top, 0, 1);
    const n = planParameters(plan), slab = 4;
    this.theta = randoms(n);
    planBind(plan, slab, 1, this.theta, (bytes(planWorkspace(plan, slab, 1) + 128) + 63) & ~63);
    const x = randoms(ROWS * INPUTS), t = randoms(ROWS * OUTPUTS), w = randoms(ROWS);
    for (let r = 0; r < ROWS; r++) {
      set(w, r, 1.5 + get(w, r));
      for (let o = 0; o < OUTPUTS && loss != Loss.meanSquaredError; o++) set(t, r * OUTPUTS + o, r % OUTPUTS == o ? 1 : 0);
    }
    this.samples = bytes(samplesBytes());
    samplesOpen(this.samples, plan, x, t, weighted ? w : 0, 0, bytes(planSlabs(plan)));
    this.tangents = (bytes(tangentsBytes(plan) + 64) + 63) & ~63;
    tangentsOpen(this.tangents, plan);
    this.curvatures = (bytes(curvaturesBytes(plan) + 64) + 63) & ~63;
    curvaturesOpen(this.curvatures, plan);
    this.plan = plan;
    this.parameters = n;
  }

  product(v: usize, out: usize, gaussNewton: i32, first: i32 = 0, rows: i32 = ROWS, accumulate: i32 = 0): void {
    curvatureProduct(this.tangents, this.plan, this.samples, first, rows, 0.25, v, out, gaussNewton, accumulate);
  }
}

/** A few hundred operations on numbers of order 1 to 10. */
const OFF: f64 = 4096 * ROUNDING;

function inner(n: i32, a: usize, b: usize): f64 {
  let s: f64 = 0;
  for (let i = 0; i < n; i++) s += get(a, i) * get(b, i);
  return s;
}

function products(s: Setting): bool {
  const n = s.parameters, u = randoms(n), v = randoms(n), hu = room(n), hv = room(n), both = room(n), sum = room(n);
  for (let kind = 0; kind < 2; kind++) {
    s.product(u, hu, kind);
    s.product(v, hv, kind);
    if (!near(inner(n, u, hv), inner(n, v, hu), OFF)) return false; // symmetric
    if (kind == 1 && inner(n, v, hv) < -OFF) return false; // never negative
    for (let i = 0; i < n; i++) set(sum, i, 2 * get(u, i) - get(v, i));
    s.product(sum, both, kind);
    for (let i = 0; i < n; i++) if (!near(get(both, i), 2 * get(hu, i) - get(hv, i), OFF)) return false; // linear
    // Sums over shards add up to the whole.
    s.product(v, both, kind, 0, 3, 0);
    s.product(v, both, kind, 3, ROWS - 3, 1);
    for (let i = 0; i < n; i++) if (!near(get(both, i), get(hv, i), OFF)) return false;
  }
  return intact(hu, n) && intact(hv, n) && intact(both, n) && intact(u, n);
}

/** The Gauss-Newton matrix of squared errors is (2·scale/O)·JᵀJ, J with weights; its diagonal is the exact one. */
function squares(s: Setting, weighted: bool): bool {
  const n = s.parameters, m = ROWS * OUTPUTS, j = room(m * n), a = room(m), v = room(n), out = room(n), exact = room(n);
  for (let first = 0; first < ROWS; first += 4) {
    const rows = min(4, ROWS - first);
    jacobianRows(s.plan, s.samples, first, rows, weighted ? 1 : 0, j + <usize>(first * OUTPUTS * n) * SIZE, <usize>n * SIZE,
      a + <usize>(first * OUTPUTS) * SIZE);
  }
  const kind = sizeof<real>() == 8 ? 2 : 0; // float32 has no exact diagonal
  curvatureDiagonal(s.curvatures, s.plan, s.samples, 0, ROWS, 0.25, exact, kind, 0);
  for (let k = 0; k < n; k++) {
    for (let i = 0; i < n; i++) set(v, i, i == k ? 1 : 0);
    s.product(v, out, 1);
    for (let i = 0; i < n; i++) {
      let sum: f64 = 0;
      for (let r = 0; r < m; r++) sum += get(j, r * n + i) * get(j, r * n + k);
      if (!near(get(out, i), 0.25 * 2 / <f64>OUTPUTS * sum, OFF)) return false;
    }
    if (kind == 2 && !near(get(exact, k), get(out, k), OFF)) return false;
  }
  return intact(j, m * n) && intact(a, m) && intact(out, n) && intact(exact, n);
}

/** Rows of the Jacobian against the gradient of squared errors: ∂/∂θ Σ w·(a − t)²/O = (2/O)·Jᵀe. Outputs are linear. */
function gradients(s: Setting): bool {
  const n = s.parameters, gradient = room(n), both = room(n), diagonal = room(n), alone = room(n);
  objectiveGradient(s.plan, s.samples, 0, ROWS, 0.25, gradient, 0);
  gradientAndDiagonal(s.curvatures, s.plan, s.samples, 0, ROWS, 0.25, both, diagonal, 0, 0);
  curvatureDiagonal(s.curvatures, s.plan, s.samples, 0, ROWS, 0.25, alone, 0, 0);
  for (let i = 0; i < n; i++) {
    if (get(gradient, i) != get(both, i) || get(diagonal, i) != get(alone, i)) return false; // the same operations
    if (get(diagonal, i) < 0) return false;
  }
  return intact(gradient, n) && intact(both, n) && intact(diagonal, n) && intact(alone, n);
}

describe("second derivatives", () => {
  test("products are symmetric, linear, and sums over shards", () => {
    seed(11);
    const losses: i32[] = [Loss.meanSquaredError, Loss.crossEntropy, Loss.binaryCrossEntropy];
    for (let l = 0; l < 3; l++) for (let w = 0; w < 2; w++) {
      expect<bool>(products(new Setting(losses[l], w == 1))).toBe(true, `loss ${losses[l]}, weights ${w}`);
    }
  });

  test("the Gauss-Newton matrix is JᵀQJ", () => {
    seed(12);
    expect<bool>(squares(new Setting(Loss.meanSquaredError, false), false)).toBe(true, "plain");
    expect<bool>(squares(new Setting(Loss.meanSquaredError, true), true)).toBe(true, "weighted");
  });

  test("gradient and diagonal together are each alone, never negative", () => {
    seed(13);
    const losses: i32[] = [Loss.meanSquaredError, Loss.crossEntropy, Loss.binaryCrossEntropy];
    for (let l = 0; l < 3; l++) expect<bool>(gradients(new Setting(losses[l], l == 1))).toBe(true, losses[l].toString());
  });
});
