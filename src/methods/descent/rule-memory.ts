// What a rule remembers beside vectors: numbers with names, and how a method's state lists them.

import { Remembered, type RememberedCode, type RememberedName } from '../../../build/codes.js';
import type { Core } from '../../../bindings/core.js';

/** Numbers that an update (assembly/rules/state.ts) goes on from. */
export type RuleMemory = Readonly<Record<RememberedName, number>>;

const NAMES = Object.keys(Remembered) as RememberedName[];

/** What a rule that has not been at work remembers. */
export function nothingYet(rate: number): RuleMemory {
  return { loss: Infinity, rate, peak: 0, averaged: 0, power: 1, steps: 0, start: Infinity };
}

/** Sets some numbers of an update. */
export function recall(core: Core, update: number, memory: Partial<RuleMemory>): void {
  for (const [name, value] of Object.entries(memory)) core.updateRecall(update, Remembered[name as RememberedName], value);
}

/** One of an update's numbers. */
export function remembered(core: Core, update: number, name: RememberedName): number {
  return core.updateMemory(update, Remembered[name]);
}

/** An update's numbers, as a method's state lists them: in the order of their codes. */
export function listed(core: Core, update: number): number[] {
  return NAMES.map((_, code) => core.updateMemory(update, code as RememberedCode));
}

/**
 * Numbers that a state lists, by name. Older files list five, with steps in the place of the peak and the start in that of the
 * loss: no rule has both of a pair.
 */
export function memoryFrom(numbers: readonly number[]): RuleMemory {
  const [loss, rate, peak, averaged, power, steps = peak, start = loss] = numbers as [number, number, number, number, number];
  return { loss, rate, peak, averaged, power, steps, start };
}
