// What an emphasis is set with reaches the kernels in its place: the parameters of their call are all numbers.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Arena } from '../../bindings/memory.js';
import { emphasize } from '../../src/index.js';
import { RunOrder } from '../../src/methods/descent/run-order.js';
import { ORDERING } from '../../src/methods/descent/surround.js';
import type { Task } from '../../src/methods/method.js';
import { Purpose } from '../../src/runtime/random.js';

test('settings of an emphasis stand where the kernels expect them', async () => {
  await ORDERING.load(); // as a fit does that has one
  const source = readFileSync('assembly/orders/emphasis.ts', 'utf8');
  const [, list] = /export function emphasisOpen\(([^)]*)\)/.exec(source)!;
  const names = [...list!.matchAll(/(\w+): \w+/g)].map(([, name]) => name!.replace(/_$/, ''));
  const settings = { exponent: 0.3, memory: 0.4, floor: 0.1, cap: 3, quantile: 0.9 };
  const arena = new Arena();
  const calls: number[][] = [];
  const core = {
    emphasisBytes: () => 64,
    emphasisOpen: (...args: number[]) => calls.push(args),
    runEmphasis: () => {},
  };
  try {
    const order = emphasize(settings);
    const plan = { engine: { core, precision: 'float64' } };
    const task = { arena, order, rows: 20, size: { first: 2, least: 2 }, plan, subset: undefined, stream: undefined };
    new RunOrder(task as unknown as Task, undefined).open(4096);
    expect(calls).toHaveLength(1);
    const given = Object.fromEntries(names.map((name, i) => [name, calls[0]![i]]));
    expect(calls[0]).toHaveLength(names.length);
    expect(given).toMatchObject({ ...settings, purpose: Purpose.emphasis });
  } finally {
    arena.dispose();
  }
});
