// What classes weigh: loaded where a fit gives them weights.

import type { Label } from '../data/classes.js';
import { OptionError, shown } from '../runtime/errors.js';

/** Weights of classes, as `fit` takes them. */
export type ClassWeights = 'balanced' | ReadonlyMap<Label, number> | Readonly<Record<string, number>>;

/** Weights of rows: those of their classes times their own. @throws OptionError for a label that there is not */
export function weightsByClass(
  classes: readonly Label[],
  truths: Uint32Array,
  w: Float64Array | undefined,
  given: ClassWeights,
): Float64Array {
  const perClass = given === 'balanced' ? balanced(classes.length, truths, w) : named(classes, given);
  return Float64Array.from(truths, (c, r) => perClass[c]! * (w ? w[r]! : 1));
}

/** Balanced weights as weights of each label, where it is known how many there are of each. */
export function balancing(announced: readonly Label[] | undefined, counts: ReadonlyMap<Label, number>): ClassWeights {
  let rows = 0;
  for (const count of counts.values()) rows += count;
  const labels = announced ?? [...counts.keys()];
  return new Map(labels.map((label) => [label, counts.has(label) ? rows / (counts.size * counts.get(label)!) : 0]));
}

/** N/(classes·members) for each class that has members. */
function balanced(count: number, truths: Uint32Array, w: Float64Array | undefined): number[] {
  const members = new Array<number>(count).fill(0);
  truths.forEach((c, r) => {
    members[c]! += w ? w[r]! : 1;
  });
  const all = members.reduce((a, b) => a + b);
  const present = members.filter((n) => n > 0).length;
  return members.map((n) => (n > 0 ? all / (present * n) : 0));
}

function named(classes: readonly Label[], given: ReadonlyMap<Label, number> | Readonly<Record<string, number>>): number[] {
  const find = (label: Label) =>
    given instanceof Map ? (given.get(label) as number | undefined) : (given as Record<string, number>)[String(label)];
  const labels: readonly unknown[] = given instanceof Map ? [...given.keys()] : Object.keys(given);
  const known = new Set<unknown>(given instanceof Map ? classes : classes.map(String));
  const stranger = labels.find((label) => !known.has(label));
  if (stranger !== undefined) {
    const expected = `only labels that there are: ${classes.slice(0, 20).map(shown).join(', ')}`;
    const what = `classWeights[${shown(stranger)}]`;
    throw new OptionError(what, stranger, expected, `${what}: no such label; expected ${expected}`);
  }
  const weights = classes.map((label) => {
    const weight = find(label);
    if (!(typeof weight === 'number' && weight >= 0 && weight < Infinity)) {
      throw new OptionError(`classWeights[${shown(label)}]`, weight, 'a number ≥ 0 for each label');
    }
    return weight;
  });
  if (weights.every((weight) => weight === 0)) throw new OptionError('classWeights', given, 'some weight > 0');
  return weights;
}
