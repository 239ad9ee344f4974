// A dense network that learns pattern by pattern, as brain.js's do: its numbers lie in linear memory, where its kernels are rows,
// [units][inputs], and users see them through views.

import type { Arena } from '../../../bindings/memory.js';
import { heap } from '../../../bindings/memory.js';
import { ownedArena } from '../../../bindings/owned.js';
import { type PatternCore, patternCore } from '../../../bindings/patterns.js';
import { PatternActivation as Code } from '../../../build/codes.js';
import { type Pattern, Patterns } from './patterns.js';
import { type Place, type Places, Views } from './views.js';

/** 'v1-leaky-relu' is what brain.js 1.x computes: 0 below 0, `alpha` times the rest; its derivative is leaky-relu's. */
export type PatternActivation = 'sigmoid' | 'relu' | 'leaky-relu' | 'tanh' | 'v1-leaky-relu';

/** How a pattern changes the weights. */
export type Rule =
  | { readonly kind: 'momentum'; readonly rate: number; readonly momentum: number }
  | { readonly kind: 'adam'; readonly rate: number; readonly beta1: number; readonly beta2: number; readonly epsilon: number };

/** Running means of gradients and of their squares: adam's. */
interface Moments {
  readonly low: readonly (Places | undefined)[];
  readonly high: readonly (Places | undefined)[];
  readonly biasLow: Places;
  readonly biasHigh: Places;
}

/** A network of layers `sizes`, the input first. All weights are 0. */
export class PatternNetwork {
  private readonly core: PatternCore = patternCore();
  private readonly arena: Arena = ownedArena(this);
  private readonly views = new Views();
  private readonly address: number;
  private readonly target: Place;
  private readonly kernelPlaces: readonly (Places | undefined)[];
  private readonly changePlaces: readonly (Places | undefined)[];
  private readonly biasPlaces: Places;
  private readonly outputPlaces: readonly Place[];
  private readonly errorPlaces: readonly Place[];
  private readonly deltaPlaces: readonly Place[];
  private moments: Moments | undefined;
  private activationNow: PatternActivation = 'sigmoid';
  private alphaNow = 0.01;
  /** Steps that adam has taken. */
  iterations = 0;

  /** @param sizes at least two, each at least 1. @throws OutOfMemoryError */
  constructor(readonly sizes: readonly number[]) {
    const { core } = this;
    this.address = this.zeros(core.networkBytes(sizes.length));
    this.target = this.vector(sizes.at(-1)!);
    this.kernelPlaces = this.kernelsOf();
    this.changePlaces = this.kernelsOf();
    this.biasPlaces = this.biasesOf();
    this.outputPlaces = sizes.map((units) => this.vector(units));
    this.errorPlaces = sizes.map((units) => this.vector(units));
    this.deltaPlaces = sizes.map((units) => this.vector(units));
    core.networkOpen(this.address, sizes.length, this.vector(sizes[1]!).address);
    sizes.forEach((units, i) => {
      const [kernel, changes] = [this.kernelPlaces, this.changePlaces].map((places) => places[i]?.[0]?.address ?? 0);
      const bias = this.biasPlaces[i]?.address ?? 0;
      const [outputs, errors, deltas] = [this.outputPlaces, this.errorPlaces, this.deltaPlaces].map(
        (places) => places[i]!.address,
      );
      core.networkLayer(this.address, i, i ? sizes[i - 1]! : 0, units, kernel!, bias, changes!, outputs!, errors!, deltas!);
    });
    this.tellActivation();
  }

  private zeros(bytes: number): number {
    const address = this.arena.allocate(bytes);
    new Uint8Array(heap.buffer, address, bytes).fill(0);
    return address;
  }

  private vector(length: number): Place {
    return { address: this.zeros(this.core.networkVector(length)), length };
  }

  /** The rows of a kernel for each layer but the input. */
  private kernelsOf(): readonly (Places | undefined)[] {
    const { core, sizes } = this;
    return sizes.map((units, i) => {
      if (i === 0) return undefined;
      const inputs = sizes[i - 1]!;
      const first = this.zeros(core.networkKernel(inputs, units));
      return Array.from({ length: units }, (_, j) => ({ address: first + j * core.networkVector(inputs), length: inputs }));
    });
  }

  private biasesOf(): Places {
    return this.sizes.map((units, i) => (i ? this.vector(units) : undefined));
  }

  /** The activation of all layers but the input. Default 'sigmoid'. */
  get activation(): PatternActivation {
    return this.activationNow;
  }

  set activation(activation: PatternActivation) {
    if (activation === this.activationNow) return;
    this.activationNow = activation;
    this.tellActivation();
  }

  /** What leaky-relu makes of 1 below 0. Default 0.01. */
  get alpha(): number {
    return this.alphaNow;
  }

  set alpha(alpha: number) {
    if (alpha === this.alphaNow) return;
    this.alphaNow = alpha;
    this.tellActivation();
  }

  private tellActivation(): void {
    const { core, address, alphaNow: alpha } = this;
    const lines = { relu: [1, 0, 0], 'leaky-relu': [1, alpha, alpha], 'v1-leaky-relu': [alpha, 0, alpha] } as const;
    const name = this.activationNow;
    if (name === 'sigmoid' || name === 'tanh') {
      core.networkActivation(address, Code[name], 1, 1, 1);
    } else {
      const [above, below, slope] = lines[name];
      core.networkActivation(address, Code.piecewise, above, below, slope);
    }
  }

  /** weights[l][j][k] leads from unit k of layer l − 1 to unit j of layer l ≥ 1. */
  get weights(): Float32Array[][] {
    return this.views.kernels(this.kernelPlaces);
  }

  /** The last changes of the weights. */
  get changes(): Float32Array[][] {
    return this.views.kernels(this.changePlaces);
  }

  get biases(): Float32Array[] {
    return this.views.vectors(this.biasPlaces);
  }

  /** What each layer has put out last; the input first. */
  get outputs(): Float32Array[] {
    return this.views.vectors(this.outputPlaces);
  }

  /** What is missing to the target, carried down to each layer. */
  get errors(): Float32Array[] {
    return this.views.vectors(this.errorPlaces);
  }

  /** Errors times the derivative of the activation. */
  get deltas(): Float32Array[] {
    return this.views.vectors(this.deltaPlaces);
  }

  /** Begins adam anew: its moments are 0. @throws OutOfMemoryError */
  startAdam(): void {
    this.iterations = 0;
    if (this.moments) {
      const { low, high, biasLow, biasHigh } = this.moments;
      for (const rows of [...low, ...high, biasLow, biasHigh]) {
        for (const place of rows ?? []) if (place) this.views.vector(place).fill(0);
      }
      return;
    }
    const { core, address } = this;
    const moments = { low: this.kernelsOf(), high: this.kernelsOf(), biasLow: this.biasesOf(), biasHigh: this.biasesOf() };
    for (let i = 1; i < this.sizes.length; i++) {
      const [low, high] = [moments.low, moments.high].map((kernels) => kernels[i]![0]!.address);
      core.networkMoments(address, i, low!, high!, moments.biasLow[i]!.address, moments.biasHigh[i]!.address);
    }
    this.moments = moments;
  }

  private get started(): Moments {
    if (!this.moments) this.startAdam();
    return this.moments!;
  }

  get changesLow(): Float32Array[][] {
    return this.views.kernels(this.started.low);
  }

  get changesHigh(): Float32Array[][] {
    return this.views.kernels(this.started.high);
  }

  get biasChangesLow(): Float32Array[] {
    return this.views.vectors(this.started.biasLow);
  }

  get biasChangesHigh(): Float32Array[] {
    return this.views.vectors(this.started.biasHigh);
  }

  private write(place: Place, numbers: ArrayLike<number>): void {
    const view = this.views.vector(place);
    for (let i = 0; i < view.length; i++) view[i] = numbers[i]!;
  }

  /** Runs an input through the network. @returns a view of the last layer's outputs, which the next run overwrites */
  run(input: ArrayLike<number>): Float32Array {
    this.write(this.outputPlaces[0]!, input);
    this.core.run(this.address);
    return this.views.vector(this.outputPlaces.at(-1)!);
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
    const { core, address } = this;
    const { address: data, count } = patterns;
    let iterations: number;
    if (rule.kind === 'momentum') {
      iterations = core.trainMomentum(address, data, count, epochs, errorThresh, rule.rate, rule.momentum);
    } else {
      const { rate, beta1, beta2, epsilon } = rule;
      if (!this.moments) this.startAdam();
      const [power1, power2] = [beta1 ** this.iterations, beta2 ** this.iterations];
      iterations = core.trainAdam(address, data, count, epochs, errorThresh, rate, beta1, beta2, epsilon, power1, power2);
      this.iterations += iterations * count;
    }
    return { iterations, error: core.networkError(address) };
  }

  /** One pattern: forward, back, and the change of the weights. @returns its mean squared error before */
  trainPattern(input: ArrayLike<number>, target: ArrayLike<number>, rule: Rule): number {
    this.run(input);
    this.calculateDeltas(target);
    this.adjustWeights(rule);
    const errors = this.views.vector(this.errorPlaces.at(-1)!);
    let sum = 0;
    for (let i = 0; i < errors.length; i++) sum += errors[i]! ** 2;
    return sum / errors.length;
  }

  /** Errors and deltas of all layers, after run. */
  calculateDeltas(target: ArrayLike<number>): void {
    this.write(this.target, target);
    this.core.calculateDeltas(this.address, this.target.address);
  }

  /** Changes the weights by the deltas that calculateDeltas has left. */
  adjustWeights(rule: Rule): void {
    const { core, address } = this;
    if (rule.kind === 'momentum') {
      core.adjustMomentum(address, rule.rate, rule.momentum);
      return;
    }
    const { rate, beta1, beta2, epsilon } = rule;
    if (!this.moments) this.startAdam();
    const step = ++this.iterations;
    core.adjustAdam(address, rate, beta1, beta2, epsilon, beta1 ** step, beta2 ** step);
  }

  dispose(): void {
    this.arena.dispose();
  }
}
