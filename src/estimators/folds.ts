// Parts of the rows that take turns in being left out, and what models of the rest find on them.

import type { Engine } from '../../bindings/core.js';
import type { Turn } from '../data/apart.js';
import { deal, permutation, without } from '../data/split.js';
import type { Network } from '../network/network.js';
import { Purpose } from '../runtime/random.js';
import { type Baseline, type Trained, trainByRecipe } from './training.js';
import { SAID } from './loading.js';
import { constantLoss } from './constant.js';
import type { Problem } from './problem.js';
import type { Recipe } from './recipe.js';
import { build } from './recipes.js';

/**
 * The rows of a problem dealt into parts of even size, of each class alike; or stretches of time, which are learned for from
 * what was before, or whole groups.
 */
export class Folds {
  /** Rows of each part. The only row of a class is in none: a model without it could not know the class. */
  readonly parts: readonly Uint32Array[];
  readonly count: number;
  /** By time or groups: what is learned from while each part is held out. */
  private readonly turns: readonly Turn[] | undefined;
  /** What is trained on while one part is left out: the last that was asked for. */
  private rest: { readonly k: number; readonly bar: Baseline } | undefined;

  /** @param count how many parts are wanted; groups may be fewer. @throws OutOfMemoryError */
  constructor(
    private readonly engine: Engine,
    readonly problem: Problem,
    count: number,
  ) {
    const { rows, seed, classes, apart } = problem;
    const order = permutation(engine, rows, seed, Purpose.folds);
    this.turns = apart ? SAID.here.turnsOf(problem, count, order) : undefined;
    this.count = this.turns?.length ?? count;
    const parts = this.turns?.map(({ held }) => held) ?? deal(order, new Array<number>(count).fill(1 / count), classes);
    const sole = soleMembers(classes);
    this.parts = sole.size === 0 ? parts : parts.map((part) => part.filter((r) => !sole.has(r)));
  }

  /**
   * Trains a network on all parts but one, and writes the squared error of each row of that part.
   * @returns the network, and how it was trained; the network is to be disposed of
   */
  async leaveOut(k: number, recipe: Recipe, errors: Float64Array): Promise<{ network: Network; trained: Trained }> {
    const { problem } = this;
    const network = await build(problem, recipe, problem.seed);
    try {
      const bar = this.restOf(k);
      const trained = await trainByRecipe(
        { problem, recipe, network, rows: `but ${k} of ${this.count}` },
        bar.data,
        bar,
        {},
        false,
      );
      heldOutErrors(problem, network, this.parts[k]!, errors);
      return { network, trained };
    } catch (error) {
      network.dispose();
      throw error;
    }
  }

  /** The same parts of a problem that has the same rows, encoded in another way. */
  of(problem: Problem): Folds {
    // Which rows are in a part depends on their number, classes and the seed only.
    return new Folds(this.engine, problem, this.count);
  }

  dispose(): void {
    this.rest?.bar.data.dispose();
    this.rest = undefined;
  }

  private restOf(k: number): Baseline {
    if (this.rest?.k === k) return this.rest.bar;
    this.dispose();
    const { engine, problem } = this;
    const { held, learned = without(held, problem.rows) }: Turn = this.turns?.[k] ?? { held: this.parts[k]! };
    const some = problem.some(learned);
    this.rest = { k, bar: { data: some.data, constant: constantLoss(engine, some) } };
    return this.rest.bar;
  }
}

/** Rows whose class no other row has. */
function soleMembers(classes: Uint32Array | undefined): Set<number> {
  const rows = new Map<number, number[]>();
  classes?.forEach((c, r) => {
    const members = rows.get(c);
    if (members) members.push(r);
    else rows.set(c, [r]);
  });
  return new Set([...rows.values()].filter(({ length }) => length === 1).flat());
}

function heldOutErrors(problem: Problem, network: Network, part: Uint32Array, errors: Float64Array): void {
  if (part.length === 0) return;
  const { head, outputs } = problem;
  const found = network.outputsFor(problem.inputsOf(part));
  const { t } = problem;
  part.forEach((row, i) => {
    let sum = 0;
    for (let o = 0; o < outputs; o++) {
      const [a, target] = [found[i * outputs + o]!, t[row * outputs + o]!];
      // Beyond ±1 on the right side is right under the hinge.
      const e = head.loss === 'hinge' ? Math.max(1 - a * target, 0) : a - target;
      sum += e * e;
    }
    errors[row] = sum / outputs;
  });
}
