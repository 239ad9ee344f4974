// tfjs's optimizers: how each takes a step, and the variables that it accumulates, which are read, lent and made like its own.

import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { TensorCore } from '../../../../bindings/tensors.js';
import type { Arena, Heap } from '../../../../bindings/memory.js';
import { UnsupportedError } from '../../../../bindings/errors.js';
import { type Optimizer, engine } from '../inside.js';
import { zeros } from '../memory.js';
import { changedMethod } from '../own.js';
import { type Parameters, type Run, padded } from '../parameters.js';
import { Lent, giveBackAll } from '../variables.js';

/** A vector that an optimizer accumulates: its field, and how variables of it are called. */
interface Accumulated {
  readonly field: string;
  readonly suffix: string;
  readonly first?: (optimizer: Optimizer) => number;
  readonly if?: (optimizer: Optimizer) => boolean;
}

/** How an optimizer takes a step: `at[k]` is where its vector k begins for this run. */
type Step = (core: TensorCore, run: Run, at: readonly number[]) => void;

export interface Kind {
  readonly accumulates: readonly Accumulated[];
  /** A step's constants, read from the optimizer once for all runs. */
  step(optimizer: Optimizer, scalars: Scalars): Step;
  /** Where a step is the gradient times minus a rate, and nothing else: that rate. */
  rate?(optimizer: Optimizer): number;
  /** Scalar variables, and what becomes of each after a step. */
  readonly scalars?: Record<string, (value: number, optimizer: Optimizer) => number>;
}

/** An optimizer's scalar variables, as float32. */
type Scalars = Record<string, number>;

const n = (optimizer: Optimizer, field: string) => optimizer[field] as number;
const { fround } = Math;

/** Values of scalars that never change: setters make others. */
const values = new WeakMap<object, number>();

function scalarOf(scalar: unknown): number {
  const tensor = scalar as Tensor;
  let value = values.get(tensor);
  if (value === undefined) values.set(tensor, (value = tensor.dataSync()[0]!));
  return value;
}

/** Optimizers whose rate is a tensor, −rate. */
const rateOf = (optimizer: Optimizer) => -scalarOf(optimizer['c']);

const KINDS: Record<string, Kind> = {
  SGD: {
    accumulates: [],
    rate: rateOf,
    step(optimizer) {
      const rate = rateOf(optimizer);
      return (core, { address, gradient, length }) => core.sgd(length, address, gradient, rate);
    },
  },
  Momentum: {
    accumulates: [{ field: 'accumulations', suffix: 'momentum' }],
    step(optimizer) {
      const rate = rateOf(optimizer);
      const factor = scalarOf(optimizer['m']);
      const nesterov = optimizer['useNesterov'] ? 1 : 0;
      return (core, { address, gradient, length }, [a]) => core.momentum(length, address, gradient, a!, rate, factor, nesterov);
    },
  },
  Adagrad: {
    accumulates: [
      { field: 'accumulatedGrads', suffix: 'accumulator', first: (optimizer) => n(optimizer, 'initialAccumulatorValue') },
    ],
    step({ learningRate }) {
      const epsilon = engine().backend.epsilon();
      return (core, { address, gradient, length }, [a]) => core.adagrad(length, address, gradient, a!, learningRate, epsilon);
    },
  },
  Adadelta: {
    accumulates: [
      { field: 'accumulatedGrads', suffix: 'accum_grad' },
      { field: 'accumulatedUpdates', suffix: 'accum_var' },
    ],
    step(optimizer) {
      const [rate, rho, epsilon] = [optimizer.learningRate, n(optimizer, 'rho'), n(optimizer, 'epsilon')];
      return (core, { address, gradient, length }, [a, b]) =>
        core.adadelta(length, address, gradient, a!, b!, rate, rho, epsilon);
    },
  },
  RMSProp: {
    accumulates: [
      { field: 'accumulatedMeanSquares', suffix: 'rms' },
      { field: 'accumulatedMoments', suffix: 'momentum' },
      { field: 'accumulatedMeanGrads', suffix: 'mg', if: (optimizer) => Boolean(optimizer['centered']) },
    ],
    step(optimizer) {
      const [rate, decay, factor] = [optimizer.learningRate, n(optimizer, 'decay'), n(optimizer, 'momentum')];
      const epsilon = n(optimizer, 'epsilon');
      const centered = optimizer['centered'] ? 1 : 0;
      return (core, { address, gradient, length }, [s, m, c]) =>
        core.rmsprop(length, address, gradient, s!, m!, c ?? 0, rate, decay, factor, epsilon, centered);
    },
  },
  Adam: {
    accumulates: [
      { field: 'accumulatedFirstMoment', suffix: 'm' },
      { field: 'accumulatedSecondMoment', suffix: 'v' },
    ],
    scalars: {
      accBeta1: (value, optimizer) => fround(value * fround(n(optimizer, 'beta1'))),
      accBeta2: (value, optimizer) => fround(value * fround(n(optimizer, 'beta2'))),
    },
    step(optimizer, { accBeta1, accBeta2 }) {
      const [rate, beta1, beta2] = [optimizer.learningRate, n(optimizer, 'beta1'), n(optimizer, 'beta2')];
      const epsilon = n(optimizer, 'epsilon');
      const [first, second] = [1 - accBeta1!, 1 - accBeta2!];
      return (core, { address, gradient, length }, [m, v]) =>
        core.adam(length, address, gradient, m!, v!, rate, beta1, beta2, epsilon, first, second);
    },
  },
  Adamax: {
    accumulates: [
      { field: 'accumulatedFirstMoment', suffix: 'm' },
      { field: 'accumulatedWeightedInfNorm', suffix: 'v' },
    ],
    scalars: {
      iteration: (value) => value + 1,
      accBeta1: (value, optimizer) => fround(value * fround(n(optimizer, 'beta1'))),
    },
    step(optimizer, { iteration, accBeta1 }) {
      const rate = fround(-optimizer.learningRate / fround(fround(iteration! * fround(n(optimizer, 'decay'))) + 1));
      const size = fround(rate / fround(1 - accBeta1!));
      const [beta1, beta2, epsilon] = [n(optimizer, 'beta1'), n(optimizer, 'beta2'), n(optimizer, 'epsilon')];
      return (core, { address, gradient, length }, [m, u]) =>
        core.adamax(length, address, gradient, m!, u!, size, beta1, beta2, epsilon);
    },
  },
};

/** What an optimizer keeps of each variable. */
interface Kept {
  originalName: string;
  variable: Variable;
}

/** A variable of an optimizer's, lent. */
interface Loan {
  readonly lent: Lent;
  /** Takes the variable's numbers. */
  read(): void;
}

/** How tfjs has an optimizer step: none of it is called here. */
const METHODS = ['minimize', 'computeGradients', 'applyGradients', 'incrementIterations'];

/** How an optimizer of a model's steps. @throws UnsupportedError that names one that is not known */
export function kindOf(optimizer: Optimizer): Kind {
  const name = optimizer.getClassName();
  if (!Object.hasOwn(KINDS, name))
    throw new UnsupportedError(`optimizer ${name} is none of TensorFlow.js's own ${Object.keys(KINDS).join(', ')}`);
  const changed = changedMethod(optimizer, name, METHODS);
  if (changed) throw new UnsupportedError(`optimizer ${name}: its ${changed} is not that of TensorFlow.js's ${name}`);
  return KINDS[name]!;
}

/** An optimizer at work on parameters. */
export class Stepper {
  private readonly vectors: readonly number[];
  private readonly used: readonly Accumulated[];
  private readonly scalars: Scalars = {};
  private readonly loans: Loan[] = [];
  /** The optimizer's lists of variables, from its first step here on: `setWeights` of tfjs makes others. */
  private lists: readonly unknown[] | undefined;

  constructor(
    private readonly optimizer: Optimizer,
    private readonly kind: Kind,
    private readonly parameters: Parameters,
    private readonly core: TensorCore,
    private readonly heap: Heap,
    arena: Arena,
  ) {
    this.used = kind.accumulates.filter((each) => each.if?.(optimizer) ?? true);
    this.vectors = this.used.map(() => zeros({ heap, arena }, parameters.length));
    this.at = parameters.runs.map(({ offset }) => this.vectors.map((address) => address + 4 * offset));
  }

  private readonly at: readonly (readonly number[])[];

  private loan(variable: Variable, current: () => Float32Array, read: () => void): void {
    read();
    this.loans.push({ lent: new Lent(variable, this.parameters.loans, true, current), read });
  }

  /** Takes what the optimizer has accumulated; what it lacks is made, as its first step does. */
  private begin(): void {
    const { optimizer, heap } = this;
    this.giveBack();
    this.lists = this.used.map(({ field }) => optimizer[field]);
    const tf = engine();
    const scalars = Object.keys(this.kind.scalars ?? {});
    for (const name of scalars) {
      const variable = optimizer[name] as Variable;
      const read = () => void (this.scalars[name] = variable.dataSync()[0]!);
      this.loan(variable, () => Float32Array.of(this.scalars[name]!), read);
    }
    this.used.forEach(({ field, suffix, first }, k) => {
      const kept = optimizer[field] as (Kept | undefined)[];
      let offset = 0;
      this.parameters.collected.forEach(({ variable: { val }, size }, i) => {
        const address = this.vectors[k]! + 4 * offset;
        offset += padded(size);
        const current = () => new Float32Array(heap.buffer, address, size);
        kept[i] ??= {
          originalName: `${val.name}/${suffix}`,
          variable: tf.tidy(() => {
            const value = new Float32Array(size).fill(first?.(optimizer) ?? 0);
            return tf.makeVariable(tf.makeTensor(value, val.shape, 'float32'), false);
          }),
        };
        const { variable } = kept[i];
        this.loan(variable, current, () => current().set(variable.dataSync() as Float32Array));
      });
    });
  }

  /** What gradients that go straight to the weights are multiplied by. */
  get share(): number {
    return -(this.kind.rate?.(this.optimizer) ?? 0);
  }

  /** Weights move along their gradients, unless they have moved already. */
  step(): void {
    const { optimizer, kind, parameters, core, scalars, at } = this;
    if (!this.lists || this.used.some(({ field }, k) => optimizer[field] !== this.lists![k])) this.begin();
    const step = kind.step(optimizer, scalars);
    const { runs } = parameters;
    for (let i = 0; i < runs.length; i++) step(core, runs[i]!, at[i]!);
    for (const name in kind.scalars) scalars[name] = kind.scalars[name]!(scalars[name]!, optimizer);
    optimizer.iterations_ = (optimizer.iterations_ ?? 0) + 1;
  }

  /** Takes up what users assigned. */
  takeUp(): void {
    for (const { lent, read } of this.loans) {
      if (!lent.changed) continue;
      read();
      lent.changed = false;
    }
  }

  giveBack(): void {
    giveBackAll(this.loans.splice(0).map(({ lent }) => lent));
  }
}
