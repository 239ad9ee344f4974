// The R operator of one layer (Pearlmutter 1994; SPEC 1.7.5): what a direction v in the space of parameters does to each quantity of a pass. R{q} is
// the derivative of q along v; v's parts are laid out like the parameters. In use: batches are normalised by running statistics, nothing drops out.

import { Activation, Operand } from "../codes";
import { LANES, SIZE, add, loadPart, madd, mul, splat, splatAt, storePart } from "../vec";
import { secondDerivative, timesDerivative } from "../activations/activation";
import { columnSums, copy } from "../kernels/blas1";
import { exp } from "../kernels/elementary";
import { gemm } from "../kernels/gemm";
import { BATCH_NORM, DENSE, LAYER_NORM, Layer, RBF } from "../layers/layer";

// @ts-ignore: decorator
@inline
function behind(p: usize, reals: i32): usize {
  return p + <usize>reals * SIZE;
}

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

/** out[i] (+)= x[i]·y[i]·z[i] */
function addTriple(n: i32, x: usize, y: usize, z: usize, out: usize): void {
  for (; n >= LANES; n -= LANES, x += 16, y += 16, z += 16, out += 16) {
    v128.store(out, madd(v128.load(out), mul(v128.load(x), v128.load(y)), v128.load(z)));
  }
  if (n > 0) storePart(out, madd(loadPart(out, n), mul(loadPart(x, n), loadPart(y, n)), loadPart(z, n)), n);
}

/** ra[r,:] = a[r,:]∘(ry[r,:] − a[r,:]·ry[r,:]ᵀ), the softmax's   may be in place */
function softmaxTangent(rows: i32, units: i32, a: usize, ry: usize, ra: usize): void {
  const ld = <usize>units * SIZE;
  for (; rows > 0; rows--, a += ld, ry += ld, ra += ld) {
    let mean: f64 = 0;
    for (let j = 0; j < units; j++) mean += get(a, j) * get(ry, j);
    for (let j = 0; j < units; j++) set(ra, j, get(a, j) * (get(ry, j) - mean));
  }
}

/** e^{−2s}: 1/σ² of an rbf unit. */
// @ts-ignore: decorator
@inline
function narrow(s: f64): f64 {
  return min(<f64>v128.extract_lane<real>(exp<real>(splat(<real>(-2 * s))), 0), 1e30);
}

/**
 * R{y}, R{a} of a layer after its forward pass on x   rx = R{x}: rows×inputs, or 0 where x does not depend on the parameters
 * v: the layer's part of the direction; ry, ra: rows×units. Of rbf layers ry is R{D}; of norms, R{x̂}.
 */
export function tangentForward(
  layer: Layer, rows: i32, x: usize, rx: usize, parameters: usize, v: usize, ry: usize, ra: usize, scratch: usize,
): void {
  const inputs = layer.inputs, units = layer.units, n = rows * units, second = behind(v, layer.kernelSize);
  switch (layer.kind) {
    case DENSE: {
      const ldx = <usize>inputs * SIZE, ld = <usize>units * SIZE;
      gemm(Operand.plain, Operand.plain, rows, units, inputs, x, ldx, v, ld, ry, ld, layer.bias ? second : 0, 0, scratch);
      if (rx) gemm(Operand.plain, Operand.plain, rows, units, inputs, rx, ldx, parameters, ld, ry, ld, ry, ld, scratch);
      if (layer.activation == Activation.softmax) {
        softmaxTangent(rows, units, layer.a, ry, ra);
      } else {
        copy(n, ry, ra);
        timesDerivative(layer.activation, n, layer.y, layer.a, ra, layer.slope);
      }
      break;
    }
    case RBF: {
      const s = behind(parameters, layer.kernelSize);
      for (let r = 0; r < rows; r++) for (let j = 0; j < units; j++) {
        let rD: f64 = 0;
        for (let i = 0; i < inputs; i++) {
          const at = i * units + j, d = get(x, r * inputs + i) - get(parameters, at);
          rD += d * ((rx ? get(rx, r * inputs + i) : 0) - get(v, at));
        }
        const k = r * units + j;
        set(ry, k, rD);
        // a = e^{−D·p}, p = e^{−2s}: R{a} = −a·p·(R{D} − 2·D·R{s})
        set(ra, k, -get(layer.a, k) * narrow(get(s, j)) * (rD - 2 * get(layer.y, k) * get(second, j)));
      }
      break;
    }
    case BATCH_NORM: {
      const inverse = behind(layer.extra, units);
      for (let k = 0; k < n; k++) {
        const j = k % units, h = rx ? get(rx, k) * get(inverse, j) : 0;
        set(ry, k, h);
        set(ra, k, get(v, j) * get(layer.y, k) + get(parameters, j) * h + get(second, j));
      }
      break;
    }
    case LAYER_NORM: {
      for (let r = 0; r < rows; r++) {
        let mean: f64 = 0, along: f64 = 0;
        const at = r * units, inverse = get(layer.extra, r);
        for (let j = 0; rx && j < units; j++) {
          mean += get(rx, at + j) / <f64>units;
          along += get(rx, at + j) * get(layer.y, at + j) / <f64>units;
        }
        for (let j = 0; j < units; j++) {
          const h = rx ? inverse * (get(rx, at + j) - mean - get(layer.y, at + j) * along) : 0;
          set(ry, at + j, h);
          set(ra, at + j, get(v, j) * get(layer.y, at + j) + get(parameters, j) * h + get(second, j));
        }
      }
      break;
    }
    default: {
      if (rx) copy(n, rx, ra);
      else memory.fill(ra, 0, <usize>n * SIZE);
    }
  }
}

/**
 * d and rd from ∂E/∂a and R{∂E/∂a} to ∂E/∂y and R{∂E/∂y}   spare: rows×units. v: the layer's part of the direction
 */
export function tangentSlope(
  layer: Layer, rows: i32, parameters: usize, v: usize, ry: usize, ra: usize, d: usize, rd: usize, spare: usize,
): void {
  const units = layer.units, n = rows * units;
  if (layer.kind == DENSE) {
    timesDerivative(layer.activation, n, layer.y, layer.a, rd, layer.slope);
    secondDerivative(layer.activation, n, layer.y, layer.a, spare, layer.slope);
    addTriple(n, spare, ry, d, rd);
    timesDerivative(layer.activation, n, layer.y, layer.a, d, layer.slope);
  } else if (layer.kind == RBF) {
    // q = −d·a·p: R{q} = −p·(R{d}·a + d·R{a} − 2·d·a·R{s})
    const s = behind(parameters, layer.kernelSize), rs = behind(v, layer.kernelSize);
    for (let k = 0; k < n; k++) {
      const j = k % units, p = narrow(get(s, j)), a = get(layer.a, k), own = get(d, k);
      set(rd, k, -p * (get(rd, k) * a + own * get(ra, k) - 2 * own * a * get(rs, j)));
      set(d, k, -p * own * a);
    }
  }
}

/** out (+)= R{∂E/∂parameters}: the layer's part of H·v; adds if `accumulate`, else replaces */
export function tangentGradient(
  layer: Layer, rows: i32, x: usize, rx: usize, parameters: usize, v: usize, ry: usize, d: usize, rd: usize,
  out: usize, accumulate: i32, scratch: usize,
): void {
  const inputs = layer.inputs, units = layer.units, second = behind(out, layer.kernelSize);
  if (!accumulate) memory.fill(out, 0, <usize>layer.parameters * SIZE);
  switch (layer.kind) {
    case DENSE: {
      const ldx = <usize>inputs * SIZE, ld = <usize>units * SIZE;
      gemm(Operand.transposed, Operand.plain, inputs, units, rows, x, ldx, rd, ld, out, ld, out, ld, scratch);
      if (rx) gemm(Operand.transposed, Operand.plain, inputs, units, rows, rx, ldx, d, ld, out, ld, out, ld, scratch);
      if (layer.bias) columnSums(rows, units, rd, second, second);
      break;
    }
    case RBF: {
      for (let j = 0; j < units; j++) {
        let own: f64 = 0;
        for (let r = 0; r < rows; r++) {
          const k = r * units + j;
          own -= 2 * (get(rd, k) * get(layer.y, k) + get(d, k) * get(ry, k));
        }
        set(second, j, get(second, j) + own);
        for (let i = 0; i < inputs; i++) {
          const at = i * units + j;
          let sum: f64 = 0;
          for (let r = 0; r < rows; r++) {
            const k = r * units + j, e = r * inputs + i;
            sum += get(rd, k) * (get(parameters, at) - get(x, e)) + get(d, k) * (get(v, at) - (rx ? get(rx, e) : 0));
          }
          set(out, at, get(out, at) + sum);
        }
      }
      break;
    }
    case BATCH_NORM: case LAYER_NORM: {
      for (let k = 0; k < rows * units; k++) {
        const j = k % units;
        set(out, j, get(out, j) + get(rd, k) * get(layer.y, k) + get(d, k) * get(ry, k));
        set(second, j, get(second, j) + get(rd, k));
      }
    }
  }
}

/** dx = ∂E/∂x and rdx = R{∂E/∂x} from d and rd, those at y   dx, rdx: rows×inputs */
export function tangentBackward(
  layer: Layer, rows: i32, x: usize, rx: usize, parameters: usize, v: usize, ry: usize, d: usize, rd: usize,
  dx: usize, rdx: usize, scratch: usize,
): void {
  const inputs = layer.inputs, units = layer.units, n = rows * units;
  switch (layer.kind) {
    case DENSE: {
      const ldx = <usize>inputs * SIZE, ld = <usize>units * SIZE;
      gemm(Operand.plain, Operand.transposed, rows, inputs, units, d, ld, parameters, ld, dx, ldx, 0, 0, scratch);
      gemm(Operand.plain, Operand.transposed, rows, inputs, units, rd, ld, parameters, ld, rdx, ldx, 0, 0, scratch);
      gemm(Operand.plain, Operand.transposed, rows, inputs, units, d, ld, v, ld, rdx, ldx, rdx, ldx, scratch);
      break;
    }
    case RBF: {
      for (let r = 0; r < rows; r++) for (let i = 0; i < inputs; i++) {
        let first: f64 = 0, second: f64 = 0;
        const e = r * inputs + i;
        for (let j = 0; j < units; j++) {
          const k = r * units + j, at = i * units + j, apart = get(x, e) - get(parameters, at);
          first += get(d, k) * apart;
          second += get(rd, k) * apart + get(d, k) * ((rx ? get(rx, e) : 0) - get(v, at));
        }
        set(dx, e, first);
        set(rdx, e, second);
      }
      break;
    }
    case BATCH_NORM: {
      const inverse = behind(layer.extra, units);
      for (let k = 0; k < n; k++) {
        const j = k % units, own = get(d, k), s = get(inverse, j);
        set(rdx, k, s * (get(v, j) * own + get(parameters, j) * get(rd, k)));
        set(dx, k, s * get(parameters, j) * own);
      }
      break;
    }
    case LAYER_NORM: {
      for (let r = 0; r < rows; r++) {
        // dx = s·(e − mean e − x̂·mean(e∘x̂)), e = d∘γ, and R{s} = −s²·mean(x̂∘R{x})
        const at = r * units, s = get(layer.extra, r), share = 1 / <f64>units;
        let total: f64 = 0, along: f64 = 0, rTotal: f64 = 0, rAlong: f64 = 0, turn: f64 = 0;
        for (let j = 0; j < units; j++) {
          const k = at + j, e = get(d, k) * get(parameters, j), re = get(rd, k) * get(parameters, j) + get(d, k) * get(v, j);
          total += e * share;
          along += e * get(layer.y, k) * share;
          rTotal += re * share;
          rAlong += (re * get(layer.y, k) + e * get(ry, k)) * share;
          if (rx) turn += get(layer.y, k) * get(rx, k) * share;
        }
        for (let j = 0; j < units; j++) {
          const k = at + j, h = get(layer.y, k), e = get(d, k) * get(parameters, j);
          const re = get(rd, k) * get(parameters, j) + get(d, k) * get(v, j), first = s * (e - total - h * along);
          set(rdx, k, s * (re - rTotal - get(ry, k) * along - h * rAlong) - s * turn * first);
          set(dx, k, first);
        }
      }
      break;
    }
    default: {
      copy(n, d, dx);
      copy(n, rd, rdx);
    }
  }
}
