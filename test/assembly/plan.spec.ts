// The plan's bookkeeping: where parameters and buffers lie, and that a pass stays inside the workspace it asked for.

import { Activation, Loss } from "../../assembly/codes";
import { SIZE } from "../../assembly/vec";
import { BatchNorm, planBatchNorm } from "../../assembly/layers/batch-norm";
import { Dense, planDense } from "../../assembly/layers/dense";
import { Dropout, planDropout } from "../../assembly/layers/dropout";
import { LayerNorm, planLayerNorm } from "../../assembly/layers/layer-norm";
import { Noise, planNoise } from "../../assembly/layers/noise";
import { Rbf, planRbf } from "../../assembly/layers/rbf";
import { Plan, RECORD, layerAt, planBytes, planOpen, topLayer } from "../../assembly/layers/table";
import { planBind, planForward, planGradient, planParameters, planSlab, planWorkspace } from "../../assembly/passes/plan";
import { get, set } from "../../assembly/addresses";
import { ROUNDING, bytes, guarded, intact, near, randoms, room, seed } from "./buffers";

/** A plan of these units (inputs first) and activations; biases everywhere but in layer `unbiased`. */
function plan(units: i32[], activations: i32[], loss: i32, unbiased: i32 = -1): Plan {
  const layers = activations.length, at = bytes(planBytes(layers));
  planOpen(at, layers, units[0], loss);
  for (let i = 0; i < layers; i++) planDense(at, i, units[i + 1], activations[i], 0.25, i == unbiased ? 0 : 1);
  return changetype<Plan>(at);
}

/** Room for a workspace, aligned to 64 bytes as planBind asks. */
function workspace(size: usize): usize {
  const p = bytes(size + 64 + 64 + 64);
  const start = (p + 63 + 64) & ~63;
  return start;
}

// What the workspace is surrounded by, checked after a pass.
const MARK: u8 = 0xa5;

function surround(at: usize, size: usize): void {
  memory.fill(at - 64, MARK, 64);
  memory.fill(at + size, MARK, 64);
}

function surrounded(at: usize, size: usize): bool {
  for (let i: usize = 0; i < 64; i++) {
    if (load<u8>(at - 64 + i) != MARK || load<u8>(at + size + i) != MARK) return false;
  }
  return true;
}

/** A buffer must start at a multiple of 64, at or behind `from`; returns where it ends. */
function behind(from: usize, at: usize, reals: i32): usize {
  expect<bool>(at >= from && at % 64 == 0).toBe(true, "buffers overlap, or are not aligned");
  return at + <usize>reals * SIZE;
}

describe("plan", () => {
  test("parameters: kernel, then bias, layer by layer", () => {
    const p = plan([3, 5, 4, 2], [Activation.tanh, Activation.relu, Activation.linear], Loss.meanSquaredError, 1),
      at = changetype<usize>(p);
    expect(planParameters(at)).toBe(3 * 5 + 5 + 5 * 4 + 4 * 2 + 2);
    expect(layerAt(p, 0).first).toBe(0);
    expect(layerAt(p, 1).first).toBe(20);
    expect(layerAt(p, 2).first).toBe(40);
    for (let i = 0; i < 3; i++) {
      const layer = layerAt(p, i);
      expect(layer.inputs).toBe(i == 0 ? 3 : i == 1 ? 5 : 4);
      expect(layer.kernelSize).toBe(layer.inputs * layer.units);
      expect(layer.parameters).toBe(layer.kernelSize + (i == 1 ? 0 : layer.units));
    }
    expect(changetype<usize>(topLayer(p))).toBe(changetype<usize>(layerAt(p, 2)));
    expect<bool>(guarded(at, planBytes(3))).toBe(true);
    expect(planBytes(3) - planBytes(2)).toBe(RECORD);
  });

  test("a layer is of the kind that it was enlisted as, with its own arrays and statistics", () => {
    const layers = 6, at = bytes(planBytes(layers)), plan = changetype<Plan>(at);
    planOpen(at, layers, 3, Loss.meanSquaredError);
    expect(plan.dense).toBe(1);
    planNoise(at, 0, 0.5, 7);
    planRbf(at, 1, 5);
    planLayerNorm(at, 2, 0.25);
    planDropout(at, 3, 0.125, 8);
    expect(plan.undivided).toBe(0);
    planBatchNorm(at, 4, 0.5, 0.75);
    planDense(at, 5, 2, Activation.tanh, 0, 1);
    expect(plan.dense).toBe(0);
    expect(plan.undivided).toBe(1);
    expect<bool>(layerAt(plan, 0) instanceof Noise).toBe(true);
    expect<bool>(layerAt(plan, 1) instanceof Rbf).toBe(true);
    expect<bool>(layerAt(plan, 2) instanceof LayerNorm).toBe(true);
    expect<bool>(layerAt(plan, 3) instanceof Dropout).toBe(true);
    expect<bool>(layerAt(plan, 4) instanceof BatchNorm).toBe(true);
    expect<bool>(layerAt(plan, 5) instanceof Dense).toBe(true);
    const units: i32[] = [3, 5, 5, 5, 5, 2], parameters: i32[] = [0, 20, 10, 0, 10, 12], first: i32[] = [0, 0, 20, 30, 30, 40];
    for (let i = 0; i < layers; i++) {
      const layer = layerAt(plan, i);
      expect(layer.inputs).toBe(i ? units[i - 1] : 3);
      expect(layer.units).toBe(units[i]);
      expect(layer.parameters).toBe(parameters[i]);
      expect(layer.first).toBe(first[i]);
      expect(layer.statistics).toBe(i > 4 ? 10 : 0);
      expect(layer.decaying).toBe(i == 5 ? 10 : 0);
      expect(layer.product).toBe(i == 5 ? 1 : 0);
    }
    expect(planParameters(at)).toBe(52);
    expect<bool>(guarded(at, planBytes(layers))).toBe(true);
  });

  test("y has a buffer of its own where a derivative or a loss reads it", () => {
    const activations: i32[] = [Activation.tanh, Activation.twistedTanh, Activation.gelu, Activation.relu, Activation.sigmoid];
    const hidden = plan([2, 2, 2, 2, 2, 1], activations, Loss.binaryCrossEntropy);
    const keeps: i32[] = [0, 1, 1, 0, 1];
    for (let i = 0; i < 5; i++) expect(layerAt(hidden, i).keepsInput).toBe(keeps[i], i.toString());
    expect(layerAt(plan([2, 3], [Activation.softmax], Loss.crossEntropy), 0).keepsInput).toBe(1);
    expect(layerAt(plan([2, 1], [Activation.sigmoid], Loss.meanSquaredError), 0).keepsInput).toBe(0);
  });

  test("a slab: 64 to 256 samples, in doubles 192, by the widths, in multiples of 64", () => {
    expect(planSlab(changetype<usize>(plan([1, 1], [Activation.linear], Loss.meanSquaredError)), 1)).toBe(SIZE == 8 ? 192 : 256);
    expect(planSlab(changetype<usize>(plan([5000, 100], [Activation.linear], Loss.meanSquaredError)), 1)).toBe(64);
    // A quarter of 4,000,000 parameters over 4,000 inputs and 1,000 units.
    expect(planSlab(changetype<usize>(plan([4000, 1000], [Activation.linear], Loss.meanSquaredError)), 1)).toBe(192);
    // 2^18/(784 + 128 + 10) = 284.3
    const wide = plan([784, 128, 10], [Activation.tanh, Activation.softmax], Loss.crossEntropy);
    expect(planSlab(changetype<usize>(wide), 1)).toBe(SIZE == 8 ? 192 : 256);
  });

  test("buffers follow each other in the workspace, aligned, and end with it", () => {
    const units: i32[] = [3, 7, 5, 2],
      p = plan(units, [Activation.gelu, Activation.tanh, Activation.sigmoid], Loss.binaryCrossEntropy),
      at = changetype<usize>(p);
    for (let rows = 1; rows <= 9; rows += 4) {
      for (let training = 0; training < 2; training++) {
        const size = planWorkspace(at, rows, training), start = workspace(size);
        planBind(at, rows, training, 0, start);
        expect(p.rows).toBe(rows);
        let end = start;
        for (let i = 0; i < 3; i++) {
          const layer = layerAt(p, i);
          end = behind(end, layer.a, rows * layer.units);
          if (layer.keepsInput) end = behind(end, layer.y, rows * layer.units);
          else expect(layer.y).toBe(layer.a);
        }
        if (training) {
          end = behind(end, p.delta, rows * 7);
          end = behind(end, p.deltaBelow, rows * 7);
        }
        end = behind(end, p.scratch, 0);
        expect<bool>(end <= start + size).toBe(true);
      }
    }
  });

  test("forward and gradient write only the workspace and the gradient", () => {
    seed(61);
    const shapes: i32[][] = [[1, 1], [3, 7, 2], [40, 67, 90, 3], [5, 1, 130, 2]];
    for (let s = 0; s < shapes.length; s++) {
      const units = shapes[s], layers = units.length - 1, activations = new Array<i32>(layers).fill(Activation.gelu);
      activations[layers - 1] = Activation.sigmoid;
      const p = plan(units, activations, Loss.binaryCrossEntropy),
      at = changetype<usize>(p);
      const capacity = 70, size = planWorkspace(at, capacity, 1), start = workspace(size);
      surround(start, size);
      const n = planParameters(at), theta = randoms(n), outputs = units[layers];
      planBind(at, capacity, 1, theta, start);
      const heights: i32[] = [1, 2, 5, 64, 70];
      for (let h = 0; h < heights.length; h++) {
        const rows = heights[h], x = randoms(rows * units[0]), t = room(rows * outputs), gradient = room(n);
        for (let i = 0; i < rows * outputs; i++) set(t, i, <f64>(i & 1));
        planForward(at, rows, x);
        const value = planGradient(at, rows, x, t, 0, 1, gradient, 0);
        let finite = isFinite(value); // guards are NaN: had one been read, it would show
        for (let i = 0; i < n; i++) finite = finite && isFinite(get(gradient, i));
        const what = "shape " + s.toString() + ", rows " + rows.toString();
        expect<bool>(finite).toBe(true, what);
        expect<bool>(surrounded(start, size) && intact(gradient, n) && intact(theta, n)).toBe(true, what);
      }
    }
  });

  test("gradients accumulate: twice the same adds up to the double", () => {
    seed(62);
    const p = plan([3, 5, 2], [Activation.tanh, Activation.linear], Loss.meanSquaredError), at = changetype<usize>(p);
    const n = planParameters(at), size = planWorkspace(at, 6, 1), theta = randoms(n), one = room(n), two = room(n);
    planBind(at, 6, 1, theta, workspace(size));
    const x = randoms(18), t = randoms(12);
    const value = planGradient(at, 6, x, t, 0, 1, one, 0);
    expect(planGradient(at, 6, x, t, 0, 1, two, 0)).toBe(value);
    planGradient(at, 6, x, t, 0, 1, two, 1);
    // Kernels: the sum starts at 0 and the addend comes last, so that it is doubled exactly. Biases start at the addend: up to
    // 12 additions round sums of at most 2·6 slopes, each below 14 (|a − t| ≤ 7 at the top, times two weights below).
    for (let i = 0; i < n; i++) {
      const bias = (i >= 15 && i < 20) || i >= 30;
      expect<bool>(near(get(two, i), 2 * get(one, i), bias ? 12 * ROUNDING * 12 * 14 : 0)).toBe(true, i.toString());
    }
  });
});
