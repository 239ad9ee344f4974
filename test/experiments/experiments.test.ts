// Each experiment in its short form: the direction of its claim, with fixed seeds.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
// @ts-expect-error: plain JavaScript
import { experiments } from '../../experiments/run.mjs';
import { thorough } from '../thorough.js';

interface Experiment {
  readonly name: string;
  readonly title: string;
  readonly section: string;
  readonly claim: string;
  readonly setting: string;
  /** false where the claim is not confirmed. */
  readonly expected?: boolean;
  run(options: { quick: boolean }): Promise<{
    table: { columns: string[]; rows: (string | number)[][] };
    series: { title: string; x: string; y: string; lines: { name: string; points: [number, number][] }[] };
    confirmed: boolean;
    verdict: string;
  }>;
}

const all = (await experiments()) as Experiment[];

/** Those that take more than two seconds. */
const LONG = new Set([
  'annealing',
  'batch-norm',
  'figure-24',
  'growing-batches',
  'method-map',
  'per-weight-rates',
  'relu-against-tanh',
  'spectrum',
  'target-values',
]);

describe.each(all.map((experiment) => [experiment.name, experiment] as const))('%s', (name, experiment) => {
  (LONG.has(name) ? thorough : it)('comes out as its page says', { timeout: 60_000 }, async () => {
    const { confirmed, table, series, verdict } = await experiment.run({ quick: true });
    expect(confirmed, verdict).toBe(experiment.expected ?? true);
    for (const row of table.rows) expect(row).toHaveLength(table.columns.length);
    expect(series.lines.length).toBeGreaterThan(0);
    for (const { points } of series.lines) expect(points.length).toBeGreaterThan(0);
    const page = readFileSync(new URL(`../../docs/experiments/${name}.md`, import.meta.url), 'utf8');
    expect(page).toContain(confirmed ? '**Confirmed.**' : '**Not confirmed.**');
    expect(page).toContain(experiment.claim);
  });
});

it('every page and drawing belongs to an experiment', () => {
  const files = readdirSync(new URL('../../docs/experiments/', import.meta.url));
  const names = new Set(all.map(({ name }) => name));
  for (const file of files) {
    if (file !== 'README.md') expect(names, file).toContain(file.replace(/\.(md|svg)$/, ''));
  }
  expect(files).toContain('README.md');
});
