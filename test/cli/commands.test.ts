// The command as users run it: a process, files, exit codes.

import { readFileSync } from 'node:fs';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Classifier, Regressor, loadModel } from '../../src/index.js';
import { draws } from '../data/synthetic.js';
import { PENGUINS, Workplace, requireBuilt } from './command.js';

const place = new Workplace();
beforeAll(requireBuilt, 120_000);
afterAll(() => place.remove());

const QUICK = ['--hidden', '8', '--weight-decay', '0.01', '--epochs', '30', '--seed', '1'];

describe('penguins, from a table to predictions', () => {
  let report = '';
  beforeAll(async () => {
    const { code, out, err } = await place.run([
      'train',
      PENGUINS,
      '--target',
      'species',
      '--seed',
      '1',
      '--out',
      'p.safetensors',
      '--report',
      'p.html',
    ]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    report = out;
  }, 120_000);

  test('training says what it found, chose, measured and saved', () => {
    expect(report).toContain('344 rows, 7 columns');
    expect(report).toMatch(/task: classification of "species"/);
    expect(report).toMatch(/island: 3 categories: Biscoe, Dream, Torgersen/);
    expect(report).toMatch(/bill_length_mm: number \(\d missing, filled with the mean/);
    expect(report).toMatch(/sex: 2 categories: female, male \(\d+ missing, filled with the most frequent/);
    expect(report).toMatch(/cross-validation/);
    expect(report).toMatch(/training loss by epoch/);
    expect(Number(/accuracy ([\d.]+) %/.exec(report)?.[1])).toBeGreaterThanOrEqual(95);
    expect(report).toMatch(/Gentoo +[\d.]+ % +[\d.]+ % +[\d.]+ %/);
    expect(report).toContain('saved: p.safetensors');
  });

  test('the model file is one that the library loads, with the target noted', async () => {
    const model = await loadModel(place.file('p.safetensors'));
    expect(model).toBeInstanceOf(Classifier);
    expect(model.metadata).toEqual({ target: 'species', task: 'classification', spellings: '{}' });
  });

  test('the report is one file with its pictures inside', () => {
    const html = readFileSync(place.file('p.html'), 'utf8');
    // Spreads of seven columns, importance of six, ROC curves, calibration, and the loss where a network was trained.
    expect(html.match(/<svg/g)?.length).toBe(16);
    expect(html).toContain('Confusion matrix');
    expect(html).toContain('Chinstrap');
    expect(html).not.toMatch(/<script|<link|<img|@import|url\((?!#)|src=/);
    expect(html.match(/<(\w+)[^>]*[^/]>/g)?.length).toBeGreaterThan(10);
    expect(html.trimEnd().endsWith('</html>')).toBe(true);
  });

  test('predictions keep the order of the rows; notes go to standard error', async () => {
    const { code, out, err } = await place.run(['predict', 'p.safetensors', PENGUINS, '--probabilities']);
    expect(code).toBe(0);
    const lines = out.trimEnd().split('\n');
    expect(lines[0]).toBe('species,probability of Adelie,probability of Chinstrap,probability of Gentoo');
    expect(lines).toHaveLength(345);
    const truths = readFileSync(PENGUINS, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => line.split(',')[0]);
    const right = lines.filter((line, i) => i > 0 && line.split(',')[0] === truths[i]).length;
    expect(right / 344).toBeGreaterThan(0.97);
    for (const line of lines.slice(1))
      expect(
        line
          .split(',')
          .slice(1)
          .reduce((s, p) => s + Number(p), 0),
      ).toBeCloseTo(1, 5);
    expect(err).toMatch(/"sex": 11 missing, filled as in training/);
  });

  test('standard input, other columns, unseen categories, a place for the output', async () => {
    const rows =
      'id;sex;island;bill_length_mm;bill_depth_mm;flipper_length_mm;body_mass_g\n7;male;Atlantis;46,1;13;211;4500\n'.replace(
        '46,1',
        '46.1',
      );
    const { code, err } = await place.run(['predict', 'p.safetensors', '-', '--out', 'answers.ndjson'], rows);
    expect(code).toBe(0);
    expect(err).toMatch(/ignored: "id"/);
    expect(err).toMatch(/"Atlantis" not seen in training/);
    expect(err).toMatch(/saved: answers\.ndjson/);
    expect(JSON.parse(readFileSync(place.file('answers.ndjson'), 'utf8'))).toEqual({ species: 'Gentoo' });
  });

  test('evaluate knows the target by itself', async () => {
    const { code, out } = await place.run(['evaluate', 'p.safetensors', PENGUINS, '--json', '--quiet']);
    expect(code).toBe(0);
    const { evaluation, rows, target } = JSON.parse(out);
    expect({ rows, target }).toEqual({ rows: 344, target: 'species' });
    expect(evaluation.accuracy).toBeGreaterThan(0.97);
    expect(evaluation.confusionMatrix.flat().reduce((a: number, b: number) => a + b)).toBe(344);
  });

  test('inspect shows what the file holds, for people and machines', async () => {
    const { out } = await place.run(['inspect', 'p.safetensors']);
    expect(out).toMatch(/classifier, format version [12], float32, \d+ parameters( in 3 networks)?, seed 1/);
    expect(out).toMatch(/classes: Adelie, Chinstrap, Gentoo/);
    const shown = JSON.parse((await place.run(['inspect', 'p.safetensors', '--json'])).out);
    expect(shown).toMatchObject({
      kind: 'classifier',
      formatVersion: shown.members > 1 ? 2 : 1,
      classes: ['Adelie', 'Chinstrap', 'Gentoo'],
      metadata: { target: 'species' },
    });
  });
});

test('regression: found out, measured, with a picture of predictions', async () => {
  const csv = readFileSync(PENGUINS, 'utf8')
    .split('\n')
    .filter((line) => !/,,|^$/.test(line))
    .join('\n');
  place.file('known.csv', csv);
  const { code, out } = await place.run([
    'train',
    'known.csv',
    '--target',
    'body_mass_g',
    '--seed',
    '1',
    '--json',
    '--report',
    'mass.html',
    '--drop',
    'island,sex',
  ]);
  expect(code).toBe(0);
  const result = JSON.parse(out);
  expect(result).toMatchObject({ task: 'regression', model: 'known.safetensors', seed: 1 });
  expect(result.evaluation.r2).toBeGreaterThan(0.75);
  expect(result.rows.test).toBeGreaterThan(60);
  expect(result.columns.map(({ name }: { name: string }) => name)).toEqual([
    'species',
    'bill_length_mm',
    'bill_depth_mm',
    'flipper_length_mm',
  ]);
  expect(readFileSync(place.file('mass.html'), 'utf8')).toContain('Predicted against true');
  expect(await loadModel(place.file('known.safetensors'))).toBeInstanceOf(Regressor);
  const predicted = JSON.parse((await place.run(['predict', 'known.safetensors', 'known.csv', '--json', '--quiet'])).out);
  expect(typeof predicted[0].body_mass_g).toBe('number');
});

test('any number of threads finds the same weights', async () => {
  const tensors = [];
  for (const threads of ['1', '3', 'auto']) {
    const out = `${threads}.safetensors`;
    const { code, err } = await place.run([
      'train',
      PENGUINS,
      '--target',
      'species',
      ...QUICK,
      '--threads',
      threads,
      '--out',
      out,
    ]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const file = readFileSync(place.file(out));
    tensors.push(file.subarray(8 + Number(file.readBigUInt64LE()))); // behind the header, which keeps the option
  }
  expect(tensors[0]!.length).toBeGreaterThan(300);
  expect(tensors[1]!.equals(tensors[0]!)).toBe(true);
  expect(tensors[2]!.equals(tensors[0]!)).toBe(true);
});

test('CSV, NDJSON and Parquet of the same rows make the same model', async () => {
  const n = 40;
  const rows = Array.from({ length: n }, (_, i) => ({
    size: i % 7 === 0 ? null : (i * 37) % 11,
    kind: ['a', 'b', 'c'][i % 3]!,
    on: i % 2 === 0,
    y: (i * 37) % 11 > 5 ? 'yes' : 'no',
  }));
  place.file(
    'same.csv',
    `size,kind,on,y\n${rows
      .map((r) =>
        Object.values(r)
          .map((v) => v ?? '')
          .join(','),
      )
      .join('\n')}\n`,
  );
  place.file('same.ndjson', rows.map((r) => JSON.stringify(r)).join('\n'));
  const column = (name: keyof (typeof rows)[number]) => ({ name, data: rows.map((r) => r[name]) });
  const columnData = [
    { ...column('size'), type: 'DOUBLE' as const },
    { ...column('kind'), type: 'STRING' as const },
    { ...column('on'), type: 'BOOLEAN' as const },
    { ...column('y'), type: 'STRING' as const },
  ];
  place.file('same.parquet', new Uint8Array(parquetWriteBuffer({ columnData })));
  // With all rows to train on, a file that is one piece makes the same model piece by piece.
  for (const how of [[], ['--test-share', '0'], ['--test-share', '0', '--stream'], ['--stream']]) {
    const models: Buffer[] = [];
    for (const format of ['csv', 'ndjson', 'parquet']) {
      const out = `${format}${how.length}.safetensors`;
      const { code, err } = await place.run([
        'train',
        `same.${format}`,
        '--target',
        'y',
        ...QUICK,
        ...how,
        '--out',
        out,
        '--quiet',
      ]);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      models.push(readFileSync(place.file(out)));
    }
    expect(models[1]!.equals(models[0]!)).toBe(true);
    expect(models[2]!.equals(models[0]!)).toBe(true);
  }
  expect(readFileSync(place.file('csv3.safetensors'))).toEqual(readFileSync(place.file('csv2.safetensors')));
});

test('files without header, with the target in front and without it', async () => {
  const rows = Array.from({ length: 40 }, (_, i) => [i % 2, (i * 7) % 5, i % 2 ? 3 : 1]);
  place.file('bare.csv', rows.map((row) => row.join()).join('\n'));
  expect((await place.run(['train', 'bare.csv', '-t', '1', '--task', 'classification', ...QUICK])).code).toBe(0);
  place.file('rest.csv', rows.map(([, ...rest]) => rest.join()).join('\n'));
  const [all, rest] = [
    await place.run(['predict', 'bare.safetensors', 'bare.csv']),
    await place.run(['predict', 'bare.safetensors', 'rest.csv']),
  ];
  expect(rest.code).toBe(0);
  expect(rest.out).toBe(all.out);
});

test('what a fit advises is told, saved and inspected', async () => {
  const noise = draws(3);
  const lines = Array.from({ length: 80 }, () => `${noise.normal()},${noise.uniform() < 0.5 ? 'a' : 'b'}`);
  place.file('noise.csv', `x,t\n${lines.join('\n')}\n`);
  const args = ['train', 'noise.csv', '--target', 't', '--hidden', '0', '--weight-decay', '1', '--seed', '1'];
  const advice = /advice: nothing was learned/;
  expect((await place.run(args)).out).toMatch(advice);
  expect((await place.run([...args, '--quiet', '--report', 'noise.html'])).out).toMatch(advice);
  expect(readFileSync(place.file('noise.html'), 'utf8')).toMatch(advice);
  expect(JSON.parse((await place.run([...args, '--json'])).out).history.advice).toMatch(/nothing was learned/);
  expect((await place.run(['inspect', 'noise.safetensors'])).out).toMatch(advice);
  expect(JSON.parse((await place.run(['inspect', 'noise.safetensors', '--json'])).out).history.advice).toMatch(/nothing was/);
});

test('classes of one row each: why no rows were held out, and what to do', async () => {
  const lines = Array.from({ length: 40 }, (_, i) => `${i % 9},${i / 7}`);
  place.file('numbers.csv', `x,t\n${lines.join('\n')}\n`);
  const args = ['train', 'numbers.csv', '--target', 't', '--task', 'classification', ...QUICK];
  const { out } = await place.run(args);
  expect(out).toContain(
    'no rows were held out, since 40 rows of 40 classes are too few for a share of 0.2: nothing was measured',
  );
  expect(out).toMatch(/advice: .*40 classes in 40 rows/);
  expect((await place.run([...args, '--test-share', '0'])).out).toContain(
    'no rows were held out, as asked: nothing was measured',
  );
});

test('inspect --spectrum says how the loss curves, and draws it', async () => {
  const { code, out } = await place.run(['inspect', 'p.safetensors', '--spectrum', PENGUINS, '--svg', 'spectrum.svg', '--quiet']);
  expect(code).toBe(0);
  expect(out).toMatch(/all eigenvalues: \d+ of them negative/);
  expect(out).toMatch(/best rate for batches, 1\/λmax: \d/);
  expect(out).toMatch(/layers\.0\.kernel +\S+ +\S+/);
  const svg = readFileSync(place.file('spectrum.svg'), 'utf8');
  expect(svg).toMatch(/^<svg[\s\S]*<\/svg>\n$/);
  const json = JSON.parse((await place.run(['inspect', 'p.safetensors', '--spectrum', PENGUINS, '--json', '--quiet'])).out);
  expect(json.spectrum.eigenvalues).toHaveLength(json.parameters);
  expect(json.spectrum.optimalRate * json.spectrum.largest).toBeCloseTo(1, 9);
  expect(json.spectrum.complete).toBe(true);
});

test('a model whose name ends in .json is JSON, and works', async () => {
  const data = place.file('line.csv', `x,y\n${Array.from({ length: 30 }, (_, i) => `${i},${2.5 * i}`).join('\n')}\n`);
  for (const out of ['line.json', 'line.safetensors']) {
    expect((await place.run(['train', data, '--target', 'y', '--out', out, '--quiet', ...QUICK])).code).toBe(0);
  }
  expect(JSON.parse(readFileSync(place.file('line.json'), 'utf8'))).toMatchObject({
    format: 'efficient-backprop',
    kind: 'regressor',
  });
  const [json, other] = [await place.run(['predict', 'line.json', data]), await place.run(['predict', 'line.safetensors', data])];
  expect(json).toEqual(other);
  expect(json.out.split('\n').length).toBeGreaterThan(30);
});

test('a target of one integer is called one', async () => {
  const data = place.file('same.csv', `x,y\n${'1,4\n2,4\n'.repeat(9)}`);
  expect((await place.run(['train', data, '--target', 'y'])).out).toContain(
    'classification of "y", the target holds one integer in 18 rows',
  );
});

test('whoever reads the output may stop reading', async () => {
  const args = ['predict', 'p.safetensors', PENGUINS, '--quiet'];
  const { code, err } = await place.run(args, undefined, (child) => child.stdout!.destroy());
  expect({ code, err }).toEqual({ code: 0, err: '' });
});

test('help and version', async () => {
  expect(await place.run(['--version'])).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  expect(await place.run(['--help'])).toMatchObject({ code: 0, out: expect.stringMatching(/Examples:[\s\S]*Exit codes/) });
  expect(await place.run(['train', '--help'])).toMatchObject({ code: 0, out: expect.stringContaining('--test-share') });
  expect((await place.run(['dance'])).code).toBe(2);
});
