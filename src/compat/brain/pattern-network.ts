// A dense network that learns pattern by pattern, as brain.js's do. Its numbers are JavaScript's own arrays; each call takes them
// to linear memory, computes there, and brings back what has changed.

import { type PatternCore, patternCore } from '../../../bindings/patterns.js';
import { PatternActivation as Code } from '../../../build/codes.js';
import { CHANGES, MOMENTS, OUTPUTS, PARAMETERS, SIGNALS } from './layout.js';
import { Copies, type Numbers, put, requireLength } from './numbers.js';
import { type Pattern, Patterns } from './patterns.js';
import { type Scratch, memoryNumbers, scratchFor } from './scratch.js';

/** 'v1-leaky-relu' is what brain.js 1.x computes: 0 below 0, `alpha` times the rest; its derivative is leaky-relu's. */
export type PatternActivation = 'sigmoid' | 'relu' | 'leaky-relu' | 'tanh' | 'v1-leaky-relu';

/** How a pattern changes the weights. */
export type Rule =
  | { readonly kind: 'momentum'; readonly rate: number; readonly momentum: number }
  | { readonly kind: 'adam'; readonly rate: number; readonly beta1: number; readonly beta2: number; readonly epsilon: number };

/** Weights that run sooner where they are than it takes to bring them to linear memory. */
const SMALL = 100;

/** As many steps as a call is asked for at most. */
const MOST = 2 ** 30;

/** A network of layers `sizes`, the input first. */
export class PatternNetwork {
  private readonly core: PatternCore = patternCore();
  private readonly copies: Copies;
  activation: PatternActivation = 'sigmoid';
  /** What leaky-relu makes of 1 below 0. */
  alpha = 0.01;
  private readonly small: boolean;
  /** Powers of adam's β, which do not depend on how many steps a call takes: of how many steps, of which β. */
  private powers = { steps: 0, beta1: 1, beta2: 1, power1: 1, power2: 1 };

  /**
   * @param sizes at least two
   * @param numbers where its arrays are, or will be once it begins
   */
  constructor(
    readonly sizes: readonly number[],
    readonly numbers: Numbers,
  ) {
    this.small = sizes.reduce((sum, units, i) => sum + (i ? sizes[i - 1]! * units : 0), 0) <= SMALL;
    this.copies = new Copies(this.core, sizes, numbers);
  }

  /** Begins with weights of 0, in new arrays. */
  begin(): this {
    this.copies.begin();
    return this;
  }

  /** Begins adam anew: its moments are 0. */
  startAdam(): void {
    this.numbers.iterations = 0;
    this.copies.beginMoments();
  }

  /** Takes numbers to memory: parts before `end`, and adam's. @throws EfficientBackpropError, OutOfMemoryError */
  private load(end: number, rule?: Rule): Scratch {
    const { core, copies, alpha } = this;
    const scratch = scratchFor(core, this.sizes);
    copies.load(scratch, PARAMETERS, end);
    if (rule?.kind === 'adam') {
      if (!this.numbers.changesLow?.length) this.startAdam();
      scratch.withMoments();
      copies.load(scratch, MOMENTS, MOMENTS + 1);
    }
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

  /** Brings back what was learned: parts before `end`, and adam's. */
  private bring(scratch: Scratch, end: number, rule: Rule): void {
    this.copies.bring(scratch, PARAMETERS, end);
    if (rule.kind === 'adam') this.copies.bring(scratch, MOMENTS, MOMENTS + 1);
  }

  /** Runs an input through the network. @returns the last of outputs, which the next run overwrites */
  run(input: ArrayLike<number>): Float32Array {
    const scratch = this.load(CHANGES);
    putUpTo(memoryNumbers(), scratch.input, input, this.sizes[0]!);
    this.core.run(scratch.address);
    this.copies.bring(scratch, OUTPUTS, SIGNALS);
    return this.numbers.outputs[this.sizes.length - 1]!;
  }

  /** The same to the last digits of float32, as soon as can be: without linear memory, where there are few weights. */
  predict(input: ArrayLike<number>): Float32Array {
    if (!this.small) return this.run(input);
    const { sizes } = this;
    const { weights, biases, outputs } = this.numbers;
    let x: Float32Array | undefined = outputs[0];
    requireLength(x, sizes[0]!, 'outputs', 0);
    for (let k = 0; k < x.length; k++) x[k] = input[k]!;
    for (let i = 1; i < sizes.length; i++) {
      const rows = weights[i];
      const bias = biases[i];
      const a = outputs[i];
      requireLength(rows, sizes[i]!, 'weights', i);
      requireLength(bias, sizes[i]!, 'biases', i);
      requireLength(a, sizes[i]!, 'outputs', i);
      for (let j = 0; j < rows.length; j++) {
        const row: Float32Array | undefined = rows[j];
        requireLength(row, x.length, 'weights', i, j);
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

  /** Room for patterns where train takes them from. @throws OutOfMemoryError */
  patterns(data: readonly Pattern[]): Patterns {
    return new Patterns(this.core, this.sizes[0]!, this.sizes.at(-1)!, data);
  }

  /**
   * The next `steps` patterns, in order, the first again after the last; less where the mean error of an epoch is at most
   * `errorThresh`. The error is measured on each pattern before it changes the weights, as brain.js does it. Many calls for few
   * steps do what one does for many.
   * @returns how many epochs have ended, and the error of the last of them
   */
  train(patterns: Patterns, rule: Rule, steps: number, errorThresh: number): { iterations: number; error: number } {
    const asked = Math.min(steps, MOST);
    patterns.loadFor(asked);
    const scratch = this.load(OUTPUTS, rule);
    const done = this.learn(scratch, patterns, rule, asked, errorThresh);
    this.bring(scratch, MOMENTS, rule);
    const { count, next } = patterns;
    patterns.next = (next + done) % count;
    patterns.total = this.core.networkTotal(scratch.address);
    return { iterations: Math.floor((next + done) / count), error: this.core.networkError(scratch.address) };
  }

  /** One pattern: forward, back, and the change of the weights. Errors and deltas are those before. */
  trainPattern(input: ArrayLike<number>, target: ArrayLike<number>, rule: Rule): void {
    const scratch = this.load(OUTPUTS, rule);
    const memory = memoryNumbers();
    const { pattern } = scratch;
    putUpTo(memory, pattern / 4, input, this.sizes[0]!);
    putUpTo(memory, scratch.target / 4, target, this.sizes.at(-1)!);
    this.learn(scratch, { address: pattern, count: 1, next: 0, total: 0 }, rule, 1, 0);
    this.bring(scratch, MOMENTS, rule);
  }

  /** Steps in linear memory. @returns how many */
  private learn(
    { address }: Scratch,
    { address: data, count, next, total }: Pick<Patterns, 'address' | 'count' | 'next' | 'total'>,
    rule: Rule,
    steps: number,
    errorThresh: number,
  ): number {
    const { core, numbers } = this;
    if (rule.kind === 'momentum') {
      return core.trainMomentum(address, data, count, next, steps, total, errorThresh, rule.rate, rule.momentum);
    }
    const { rate, beta1, beta2, epsilon } = rule;
    const { power1, power2 } = this.powersOf(rule);
    const done = core.trainAdam(
      address,
      data,
      count,
      next,
      steps,
      total,
      errorThresh,
      rate,
      beta1,
      beta2,
      epsilon,
      power1,
      power2,
    );
    numbers.iterations += done;
    const after = { power1: core.networkPower1(address), power2: core.networkPower2(address) };
    this.powers = { steps: numbers.iterations, beta1, beta2, ...after };
    return done;
  }

  /** β₁ⁿ and β₂ⁿ after adam's n steps; n is the user's to change. */
  private powersOf({ beta1, beta2 }: Rule & { kind: 'adam' }): { power1: number; power2: number } {
    const { powers } = this;
    const { iterations } = this.numbers;
    if (powers.steps === iterations && powers.beta1 === beta1 && powers.beta2 === beta2) return powers;
    return { power1: beta1 ** iterations, power2: beta2 ** iterations };
  }

  /** Errors and deltas of all layers, after run. */
  calculateDeltas(target: ArrayLike<number>): void {
    const scratch = this.load(CHANGES);
    this.copies.load(scratch, OUTPUTS, SIGNALS);
    putUpTo(memoryNumbers(), scratch.target / 4, target, this.sizes.at(-1)!);
    this.core.calculateDeltas(scratch.address, scratch.target);
    this.copies.bring(scratch, SIGNALS, MOMENTS);
  }

  /** Changes the weights by the deltas that calculateDeltas has left. */
  adjustWeights(rule: Rule): void {
    const { core } = this;
    const scratch = this.load(MOMENTS, rule);
    if (rule.kind === 'momentum') {
      core.adjustMomentum(scratch.address, rule.rate, rule.momentum);
    } else {
      const { rate, beta1, beta2, epsilon } = rule;
      const before = this.powersOf(rule);
      const [power1, power2] = [before.power1 * beta1, before.power2 * beta2];
      core.adjustAdam(scratch.address, rate, beta1, beta2, epsilon, power1, power2);
      this.powers = { steps: ++this.numbers.iterations, beta1, beta2, power1, power2 };
    }
    this.bring(scratch, OUTPUTS, rule);
  }
}

/** memory[at + i] = numbers[i] for i below `length`, be there more of them, or fewer. */
function putUpTo(memory: Float32Array, at: number, numbers: ArrayLike<number>, length: number): void {
  if (numbers.length === length) put(memory, at, numbers);
  else for (let i = 0; i < length; i++) memory[at + i] = numbers[i]!;
}
