// The command on a file that is read piece by piece.

import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Workplace, requireBuilt } from './command.js';
import { thorough } from '../thorough.js';

const place = new Workplace();
beforeAll(requireBuilt, 120_000);
afterAll(() => place.remove());

describe('a file read piece by piece', () => {
  // More cells than a piece has, so that there are several.
  const ROWS = 70_000;
  const line = (i: number) => {
    const [a, b, c] = [Math.sin(i), Math.cos(7 * i), (i % 13) - 6];
    const kind = i % 3 ? 'left' : '';
    const label = a + 0.5 * b + (kind ? 0.3 : -0.3) > 0 ? 'up' : 'down';
    return `${a.toFixed(5)},${b.toFixed(5)},${c},${i % 50 ? (i % 5) + 1 : 'NA'},${kind},${i % 7 === 0},${label},${(a - b * c).toFixed(5)}`;
  };
  const header = 'a,b,c,d,kind,flag,label,value';
  let file = '';
  beforeAll(() => {
    file = place.file('large.csv', `${header}\n${Array.from({ length: ROWS }, (_, i) => line(i)).join('\n')}\n`);
  });
  const FEW = ['--hidden', '8', '--weight-decay', '0.0001', '--epochs', '2', '--seed', '1'];

  test('train --stream finds the same columns and task, and does as well', async () => {
    const results = await Promise.all(
      ['--stream', '--no-stream'].map(async (how) => {
        const { code, out, err } = await place.run([
          'train',
          file,
          '--target',
          'label',
          '--drop',
          'value',
          how,
          '--json',
          '--out',
          `${how}.safetensors`,
          ...FEW,
        ]);
        expect({ code, err }).toEqual({ code: 0, err: '' });
        return JSON.parse(out);
      }),
    );
    const [streamed, whole] = results;
    expect(streamed).toMatchObject({ task: 'classification', target: 'label', notes: whole.notes, rows: { all: ROWS } });
    expect(streamed.rows.train + streamed.rows.test).toBe(ROWS);
    expect(streamed.rows.test / ROWS).toBeCloseTo(0.2, 2);
    const kinds = (columns: { name: string; kind: string }[]) => columns.map(({ name, kind }) => `${name}: ${kind}`);
    expect(kinds(streamed.columns)).toEqual(kinds(whole.columns));
    expect(streamed.chosen).toMatchObject({ batchSize: whole.chosen.batchSize, epochs: 2 });
    expect(streamed.evaluation.accuracy).toBeGreaterThan(0.97);
    expect(Math.abs(streamed.evaluation.accuracy - whole.evaluation.accuracy)).toBeLessThan(0.01);
  });

  thorough('a stream repeats with its seed', async () => {
    const train = async (out: string) => {
      await place.run(['train', file, '--target', 'label', '--stream', '--out', out, ...FEW]);
      return readFileSync(place.file(out));
    };
    expect(await train('one.safetensors')).toEqual(await train('two.safetensors'));
  });

  test('predictions and measures of all pieces', async () => {
    const trained = await place.run([
      'train',
      file,
      '--target',
      'value',
      '--drop',
      'label',
      '--stream',
      '--report',
      'value.html',
      '--out',
      'value.safetensors',
      ...FEW,
    ]);
    expect(trained.code).toBe(0);
    expect(trained.out).toMatch(/70000 rows, 8 columns/);
    expect(trained.out).toMatch(/task: regression/);
    expect(readFileSync(place.file('value.html'), 'utf8')).toContain('Predicted against true');
    for (const out of ['p.csv', 'p.ndjson', 'p.json']) {
      const { code } = await place.run(['predict', 'value.safetensors', file, '--out', out]);
      expect(code).toBe(0);
    }
    const csv = readFileSync(place.file('p.csv'), 'utf8').trimEnd().split('\n');
    expect(csv).toHaveLength(ROWS + 1);
    const json = JSON.parse(readFileSync(place.file('p.json'), 'utf8')) as { value: number }[];
    expect(json).toHaveLength(ROWS);
    expect(json.map(({ value }) => String(value))).toEqual(csv.slice(1));
    const ndjson = readFileSync(place.file('p.ndjson'), 'utf8').trimEnd().split('\n');
    expect(ndjson.map((row) => JSON.parse(row))).toEqual(json);
    const { out } = await place.run(['evaluate', 'value.safetensors', file, '--json', '--report', 'e.html']);
    const { rows, evaluation, notes } = JSON.parse(out);
    expect(rows).toBe(ROWS);
    const errors = json.map(({ value }, i) => (value - Number(line(i).split(',').at(-1))) ** 2);
    expect(evaluation.mse / (errors.reduce((a, b) => a + b) / ROWS)).toBeCloseTo(1, 5);
    expect(notes).toContain(`"d": ${Math.ceil(ROWS / 50)} missing, filled as in training`);
  });

  test('errors name the line, in whichever piece it stands', async () => {
    const lines = Array.from({ length: ROWS }, (_, i) => line(i));
    lines[69_000] = 'x,1,1,1,,true,up,1';
    const broken = place.file('broken.csv', `${header}\n${lines.join('\n')}\n`);
    const odd = await place.run(['predict', 'value.safetensors', broken, '--out', 'never.csv']);
    expect(odd.code).toBe(1);
    expect(odd.err).toMatch(/broken\.csv:69002, column "a": "x" is not a number/);
    expect(existsSync(place.file('never.csv'))).toBe(false);
    lines[69_000] = '1e999,1,1,1,,true,up,1';
    place.file('broken.csv', `${header}\n${lines.join('\n')}\n`);
    const infinite = await place.run(['train', broken, '--target', 'label', '--stream', '--test-share', '0', ...FEW]);
    expect(infinite.code).toBe(1);
    expect(infinite.err).toMatch(/broken\.csv:69002, column "a": "1e999" is too large/);
    lines[69_000] = '1,1,1,1,,true,,1';
    place.file('broken.csv', `${header}\n${lines.join('\n')}\n`);
    const gap = await place.run(['train', broken, '--target', 'label', '--stream', ...FEW]);
    expect(gap.err).toMatch(/broken\.csv:69002, column "label": the target is missing/);
  });

  test('what cannot be read twice is refused', async () => {
    const { code, err } = await place.run(['train', '-', '--target', 'label', '--stream'], 'a,label\n1,x\n');
    expect(code).toBe(2);
    expect(err).toMatch(/--stream reads the data several times/);
  });
});
