// A dense network that learns pattern by pattern, as brain.js's do. Its numbers are JavaScript's own arrays, kernels as rows,
// [units][inputs]; each call takes them to linear memory, computes there, and brings back what has changed.

import { type PatternCore, patternCore } from '../../../bindings/patterns.js';
import { PatternActivation as Code } from '../../../build/codes.js';
import { EfficientBackpropError } from '../../runtime/errors.js';
import { type Pattern, Patterns } from './patterns.js';
import {
  KERNEL_MOMENTS,
  type KernelName,
  type Scratch,
  VECTOR_MOMENTS,
  type VectorName,
  memoryNumbers,
  scratchFor,
} from './scratch.js';

/** 'v1-leaky-relu' is what brain.js 1.x computes: 0 below 0, `alpha` times the rest; its derivative is leaky-relu's. */
export type PatternActivation = 'sigmoid' | 'relu' | 'leaky-relu' | 'tanh' | 'v1-leaky-relu';

/** How a pattern changes the weights. */
export type Rule =
  | { readonly kind: 'momentum'; readonly rate: number; readonly momentum: number }
  | { readonly kind: 'adam'; readonly rate: number; readonly beta1: number; readonly beta2: number; readonly epsilon: number };

/** Numbers that a loop copies sooner than a call. */
const FEW = 24;

/** Weights that run sooner where they are than it takes to bring them to linear memory. */
const SMALL = 100;

/** A kernel in one piece, as linear memory has it; its rows look into it. */
interface Kernel {
  readonly all: Float32Array;
  readonly rows: Float32Array[];
}

/** A network of layers `sizes`, the input first. All weights are 0. */
export class PatternNetwork {
  private readonly core: PatternCore = patternCore();
  /** Kernels as they were made: as long as nobody has replaced a row, they are copied in one piece. */
  private readonly made = {} as Record<KernelName, readonly (Kernel | undefined)[]>;
  activation: PatternActivation = 'sigmoid';
  /** What leaky-relu makes of 1 below 0. */
  alpha = 0.01;
  /** Steps that adam has taken. */
  iterations = 0;
  /** weights[l][j][k] leads from unit k of layer l − 1 to unit j of layer l ≥ 1. */
  weights: Float32Array[][];
  /** The last changes of the weights. */
  changes: Float32Array[][];
  biases: Float32Array[];
  /** What each layer has put out last; the input first. */
  outputs: Float32Array[];
  /** What is missing to the target, carried down to each layer. */
  errors: Float32Array[];
  /** Errors times the derivative of the activation. */
  deltas: Float32Array[];
  /** Running means of gradients and of their squares: adam's. */
  changesLow: Float32Array[][] = [];
  changesHigh: Float32Array[][] = [];
  biasChangesLow: Float32Array[] = [];
  biasChangesHigh: Float32Array[] = [];

  private readonly small: boolean;

  /** @param sizes at least two */
  constructor(readonly sizes: readonly number[]) {
    this.small = sizes.reduce((sum, units, i) => sum + (i ? sizes[i - 1]! * units : 0), 0) <= SMALL;
    this.weights = this.newKernels('weights');
    this.changes = this.newKernels('changes');
    this.biases = this.newVectors(1);
    this.outputs = this.newVectors(0);
    this.errors = this.newVectors(0);
    this.deltas = this.newVectors(0);
  }

  private newKernels(name: KernelName): Float32Array[][] {
    const kernels: (Kernel | undefined)[] = [];
    const layers: Float32Array[][] = [];
    for (let i = 1; i < this.sizes.length; i++) {
      const [inputs, units] = [this.sizes[i - 1]!, this.sizes[i]!];
      const all = new Float32Array(this.core.networkKernel(inputs, units) / 4);
      const row = this.core.networkVector(inputs);
      const rows = Array.from({ length: units }, (_, j) => new Float32Array(all.buffer, j * row, inputs));
      kernels[i] = { all, rows };
      layers[i] = rows.slice();
    }
    this.made[name] = kernels;
    return layers;
  }

  private newVectors(first: 0 | 1): Float32Array[] {
    const vectors: Float32Array[] = [];
    for (let i = first; i < this.sizes.length; i++) vectors[i] = new Float32Array(this.sizes[i]!);
    return vectors;
  }

  /** Begins adam anew: its moments are 0. */
  startAdam(): void {
    this.iterations = 0;
    for (const name of KERNEL_MOMENTS) this[name] = this.newKernels(name);
    for (const name of VECTOR_MOMENTS) this[name] = this.newVectors(1);
  }

  private loadKernels(name: KernelName, scratch: Scratch, memory: Float32Array): void {
    const layers = this[name];
    const made = this.made[name];
    const addresses = scratch.at[name];
    for (let i = 1; i < this.sizes.length; i++) {
      const rows = layers?.[i];
      if (!rows || rows.length !== this.sizes[i]) throw wrong(`${name}[${i}]`, rows, this.sizes[i]!);
      const all = wholeOf(made[i]!, rows);
      if (all) {
        put(memory, addresses[i]!, all, all.length);
        continue;
      }
      const inputs = this.sizes[i - 1]!;
      const stride = this.core.networkVector(inputs) / 4;
      for (let j = 0, at = addresses[i]!; j < rows.length; j++, at += stride) {
        const row = rows[j];
        if (!row || row.length !== inputs) throw wrong(`${name}[${i}][${j}]`, row, inputs);
        put(memory, at, row, inputs);
      }
    }
  }

  private loadVectors(name: VectorName, scratch: Scratch, memory: Float32Array, first: 0 | 1): void {
    const vectors = this[name];
    const addresses = scratch.at[name];
    for (let i = first; i < this.sizes.length; i++) {
      const vector = vectors?.[i];
      if (!vector || vector.length !== this.sizes[i]) throw wrong(`${name}[${i}]`, vector, this.sizes[i]!);
      put(memory, addresses[i]!, vector, vector.length);
    }
  }

  private bringKernels(name: KernelName, scratch: Scratch, memory: Float32Array): void {
    const layers = this[name];
    const made = this.made[name];
    const addresses = scratch.at[name];
    for (let i = 1; i < this.sizes.length; i++) {
      const rows = layers[i]!;
      const all = wholeOf(made[i]!, rows);
      if (all) {
        take(memory, addresses[i]!, all);
        continue;
      }
      const stride = this.core.networkVector(this.sizes[i - 1]!) / 4;
      for (let j = 0, at = addresses[i]!; j < rows.length; j++, at += stride) take(memory, at, rows[j]!);
    }
  }

  private bringVectors(name: VectorName, scratch: Scratch, memory: Float32Array, first: 0 | 1): void {
    const vectors = this[name];
    const addresses = scratch.at[name];
    for (let i = first; i < this.sizes.length; i++) {
      if (vectors[i]?.length !== this.sizes[i]) vectors[i] = new Float32Array(this.sizes[i]!);
      take(memory, addresses[i]!, vectors[i]!);
    }
  }

  /** What a run needs. @throws EfficientBackpropError, OutOfMemoryError */
  private load(): Scratch {
    const { core, alpha } = this;
    const scratch = scratchFor(core, this.sizes);
    const memory = memoryNumbers();
    this.loadKernels('weights', scratch, memory);
    this.loadVectors('biases', scratch, memory, 1);
    switch (this.activation) {
      case 'sigmoid':
        core.networkActivation(scratch.address, Code.sigmoid, 1, 1, 1);
        break;
      case 'tanh':
        core.networkActivation(scratch.address, Code.tanh, 1, 1, 1);
        break;
      case 'relu':
        core.networkActivation(scratch.address, Code.piecewise, 1, 0, 0);
        break;
      case 'leaky-relu':
        core.networkActivation(scratch.address, Code.piecewise, 1, alpha, alpha);
        break;
      case 'v1-leaky-relu':
        core.networkActivation(scratch.address, Code.piecewise, alpha, 0, alpha);
        break;
    }
    return scratch;
  }

  private loadRule(rule: Rule, scratch: Scratch, memory: Float32Array): void {
    if (rule.kind === 'momentum') {
      this.loadKernels('changes', scratch, memory);
      return;
    }
    if (this.changesLow.length === 0) this.startAdam();
    scratch.withMoments();
    for (const name of KERNEL_MOMENTS) this.loadKernels(name, scratch, memory);
    for (const name of VECTOR_MOMENTS) this.loadVectors(name, scratch, memory, 1);
  }

  private bringLearned(rule: Rule, scratch: Scratch): void {
    const memory = memoryNumbers();
    this.bringKernels('weights', scratch, memory);
    this.bringVectors('biases', scratch, memory, 1);
    if (rule.kind === 'momentum') {
      this.bringKernels('changes', scratch, memory);
      return;
    }
    for (const name of KERNEL_MOMENTS) this.bringKernels(name, scratch, memory);
    for (const name of VECTOR_MOMENTS) this.bringVectors(name, scratch, memory, 1);
  }

  /** Runs an input through the network. @returns the last of outputs, which the next run overwrites */
  run(input: ArrayLike<number>): Float32Array {
    const scratch = this.load();
    const memory = memoryNumbers();
    put(memory, scratch.at.outputs[0]!, input, this.sizes[0]!);
    this.core.run(scratch.address);
    this.bringVectors('outputs', scratch, memory, 0);
    return this.outputs[this.sizes.length - 1]!;
  }

  /** The same to the last digits of float32, as soon as can be: without linear memory, where there are few weights. */
  predict(input: ArrayLike<number>): Float32Array {
    if (!this.small) return this.run(input);
    const { sizes, weights, biases, outputs } = this;
    let x = outputs[0];
    if (!x || x.length !== sizes[0]) throw wrong('outputs[0]', x, sizes[0]!);
    for (let k = 0; k < x.length; k++) x[k] = input[k]!;
    for (let i = 1; i < sizes.length; i++) {
      const rows = weights[i];
      const bias = biases[i];
      const a = outputs[i];
      if (!rows || rows.length !== sizes[i]) throw wrong(`weights[${i}]`, rows, sizes[i]!);
      if (!bias || bias.length !== sizes[i]) throw wrong(`biases[${i}]`, bias, sizes[i]!);
      if (!a || a.length !== sizes[i]) throw wrong(`outputs[${i}]`, a, sizes[i]!);
      for (let j = 0; j < rows.length; j++) {
        const row = rows[j];
        if (!row || row.length !== x.length) throw wrong(`weights[${i}][${j}]`, row, x.length);
        let y = bias[j]!;
        for (let k = 0; k < row.length; k++) y += row[k]! * x[k]!;
        a[j] = this.activated(y);
      }
      x = a;
    }
    return x;
  }

  private activated(y: number): number {
    switch (this.activation) {
      case 'sigmoid':
        return 1 / (1 + Math.exp(-y));
      case 'tanh':
        return Math.tanh(y);
      case 'relu':
        return y < 0 ? 0 : y;
      case 'leaky-relu':
        return y < 0 ? this.alpha * y : y;
      case 'v1-leaky-relu':
        return y < 0 ? 0 : this.alpha * y;
    }
  }

  /** Copies patterns to where train takes them from. @throws OutOfMemoryError */
  patterns(data: readonly Pattern[]): Patterns {
    return Patterns.of(this.core, this.sizes[0]!, this.sizes.at(-1)!, data);
  }

  /**
   * Epochs through the patterns in order, until there have been `epochs` or the mean error of one is at most `errorThresh`. The
   * error is measured on each pattern before it changes the weights, as brain.js does it.
   */
  train(patterns: Patterns, rule: Rule, epochs: number, errorThresh: number): { iterations: number; error: number } {
    const { core } = this;
    const scratch = this.load();
    const { address } = scratch;
    const { address: data, count } = patterns;
    this.loadRule(rule, scratch, memoryNumbers());
    let iterations: number;
    if (rule.kind === 'momentum') {
      iterations = core.trainMomentum(address, data, count, epochs, errorThresh, rule.rate, rule.momentum);
    } else {
      const { rate, beta1, beta2, epsilon } = rule;
      const [power1, power2] = [beta1 ** this.iterations, beta2 ** this.iterations];
      iterations = core.trainAdam(address, data, count, epochs, errorThresh, rate, beta1, beta2, epsilon, power1, power2);
      this.iterations += iterations * count;
    }
    this.bringLearned(rule, scratch);
    for (const name of ['outputs', 'errors', 'deltas'] as const) this.bringVectors(name, scratch, memoryNumbers(), 0);
    return { iterations, error: core.networkError(address) };
  }

  /** Errors and deltas of all layers, after run. */
  calculateDeltas(target: ArrayLike<number>): void {
    const scratch = this.load();
    const memory = memoryNumbers();
    this.loadVectors('outputs', scratch, memory, 0);
    put(memory, scratch.target / 4, target, this.sizes.at(-1)!);
    this.core.calculateDeltas(scratch.address, scratch.target);
    for (const name of ['errors', 'deltas'] as const) this.bringVectors(name, scratch, memoryNumbers(), 0);
  }

  /** Changes the weights by the deltas that calculateDeltas has left. */
  adjustWeights(rule: Rule): void {
    const { core } = this;
    const scratch = this.load();
    const memory = memoryNumbers();
    this.loadRule(rule, scratch, memory);
    this.loadVectors('outputs', scratch, memory, 0);
    this.loadVectors('deltas', scratch, memory, 0);
    if (rule.kind === 'momentum') {
      core.adjustMomentum(scratch.address, rule.rate, rule.momentum);
    } else {
      const { rate, beta1, beta2, epsilon } = rule;
      const step = ++this.iterations;
      core.adjustAdam(scratch.address, rate, beta1, beta2, epsilon, beta1 ** step, beta2 ** step);
    }
    this.bringLearned(rule, scratch);
  }
}

/** What `rows` are rows of, if they are all of it. */
function wholeOf(kernel: Kernel, rows: readonly Float32Array[]): Float32Array | undefined {
  const { rows: own, all } = kernel;
  for (let j = 0; j < own.length; j++) if (rows[j] !== own[j]) return undefined;
  return all;
}

/** What users have put in the place of numbers, and how many there should be. */
function wrong(name: string, numbers: ArrayLike<unknown> | undefined, length: number): EfficientBackpropError {
  return new EfficientBackpropError(
    `${name}: ${numbers?.length ?? 'nothing'} in the place of ${length} elements; the sizes of a network stay`,
  );
}

/** memory[at + i] = numbers[i] */
function put(memory: Float32Array, at: number, numbers: ArrayLike<number>, length: number): void {
  if (length <= FEW || numbers.length !== length) for (let i = 0; i < length; i++) memory[at + i] = numbers[i]!;
  else memory.set(numbers, at);
}

/** numbers[i] = memory[at + i] */
function take(memory: Float32Array, at: number, numbers: Float32Array): void {
  const { length } = numbers;
  if (length <= FEW || !(numbers instanceof Float32Array)) {
    for (let i = 0; i < length; i++) (numbers as Float32Array)[i] = memory[at + i]!;
  } else {
    numbers.set(memory.subarray(at, at + length));
  }
}
