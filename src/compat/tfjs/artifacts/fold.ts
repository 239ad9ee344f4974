// Maps that dense layers take over exactly: what comes before a kernel, and what comes after.

import type { Scaling } from '../../../data/spread.js';

/** A dense layer's numbers: a kernel of [inputs][units], row-major, and a bias. */
export interface Kernel {
  readonly inputs: number;
  readonly units: number;
  readonly kernel: Float64Array;
  readonly bias: Float64Array;
}

/** x·A + c. */
interface Turning {
  readonly matrix: Float64Array;
  readonly shift: Float64Array;
}

/** How inputs become those of the network: each is scaled, or left out, and then they are turned. */
export interface InputMap {
  readonly scalings: readonly (Scaling | undefined)[];
  readonly turning: Turning | undefined;
}

/** How outputs become what is asked for: outputs·scale + shift. */
export interface OutputMap {
  readonly scale: ArrayLike<number>;
  readonly shift: ArrayLike<number>;
}

export function identity(units: number): Kernel {
  const kernel = new Float64Array(units * units);
  for (let i = 0; i < units; i++) kernel[i * units + i] = 1;
  return { inputs: units, units, kernel, bias: new Float64Array(units) };
}

/** The kernel of x ↦ (x·A + c)·K + b. */
function turned({ matrix, shift }: Turning, { inputs, units, kernel, bias }: Kernel): Kernel {
  const n = matrix.length / inputs;
  const result = new Float64Array(n * units);
  const moved = bias.slice();
  const add = (into: Float64Array, at: number, factor: number, k: number) => {
    if (factor === 0) return;
    for (let u = 0; u < units; u++) into[at + u]! += factor * kernel[k * units + u]!;
  };
  for (let k = 0; k < inputs; k++) {
    for (let i = 0; i < n; i++) add(result, i * units, matrix[i * inputs + k]!, k);
    add(moved, 0, shift[k]!, k);
  }
  return { inputs: n, units, kernel: result, bias: moved };
}

/** The kernel that takes inputs as they come, of one that takes them as `map` leaves them. */
export function afterInputs({ scalings, turning }: InputMap, given: Kernel): Kernel {
  const { units, kernel, bias } = turning ? turned(turning, given) : given;
  const result = new Float64Array(scalings.length * units);
  const moved = bias.slice();
  let from = 0;
  scalings.forEach((scaling, i) => {
    if (!scaling) return;
    for (let u = 0; u < units; u++) {
      const factor = kernel[from * units + u]! / scaling.scale;
      result[i * units + u] = factor;
      moved[u]! -= scaling.mean * factor;
    }
    from++;
  });
  return { inputs: scalings.length, units, kernel: result, bias: moved };
}

/** The kernel whose outputs are those of `given`, mapped. */
export function beforeOutputs({ inputs, units, kernel, bias }: Kernel, { scale, shift }: OutputMap): Kernel {
  return {
    inputs,
    units,
    kernel: kernel.map((k, i) => k * scale[i % units]!),
    bias: bias.map((b, u) => b * scale[u]! + shift[u]!),
  };
}

/** All numbers of a kernel and bias by factors. */
export function scaledBy({ inputs, units, kernel, bias }: Kernel, ofKernel: number, ofBias: number): Kernel {
  if (ofKernel === 1 && ofBias === 1) return { inputs, units, kernel, bias };
  return { inputs, units, kernel: kernel.map((k) => k * ofKernel), bias: bias.map((b) => b * ofBias) };
}
