// The command as users run it: a process, files, exit codes.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Classifier, Regressor, loadModel } from '../../src/index.js';
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
  });

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
    expect(model.metadata).toEqual({ target: 'species', task: 'classification' });
  });

  test('the report is one file with its pictures inside', () => {
    const html = readFileSync(place.file('p.html'), 'utf8');
    expect(html.match(/<svg/g)?.length).toBe(2);
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
    expect(out).toMatch(/classifier, format version 1, float32, \d+ parameters, seed 1/);
    expect(out).toMatch(/classes: Adelie, Chinstrap, Gentoo/);
    const shown = JSON.parse((await place.run(['inspect', 'p.safetensors', '--json'])).out);
    expect(shown).toMatchObject({
      kind: 'classifier',
      formatVersion: 1,
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

describe('what cannot work', () => {
  const bad: [what: string, contents: string | Uint8Array, args: string[], code: number, message: RegExp][] = [
    ['an empty file', '', ['--target', 'y'], 1, /data\.csv: is empty/],
    ['a binary file', Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 0, 1, 2), ['--target', 'y'], 1, /data\.csv:1: is a binary file/],
    ['a ragged row', 'x,y\n1,a\n2\n', ['--target', 'y'], 1, /data\.csv:3: has 1 cells; expected 2/],
    ['no such target', 'x,why\n1,a\n', ['--target', 'y'], 1, /no column "y".*the columns are "x", "why"/],
    ['a target misspelt', 'x,species\n1,a\n', ['--target', 'specis'], 1, /did you mean "species"/],
    ['a target missing in a row', 'x,y\n1,a\n2,\n', ['--target', 'y'], 1, /data\.csv:3, column "y": the target is missing/],
    ['one class only', 'x,y\n1,a\n2,a\n3,a\n4,a\n', ['--target', 'y'], 1, /two/],
    [
      'an infinite number',
      `x,y\n${'1,a\n2,b\n'.repeat(9)}inf,a\n`,
      ['--target', 'y'],
      1,
      /data\.csv:20, column "x": Infinity is not a finite number/,
    ],
    ['constant columns only', `x,y\n${'1,a\n1,b\n'.repeat(9)}`, ['--target', 'y'], 1, /the same in every row/],
    [
      'gaps refused',
      `x,y\n${'1,a\n2,b\n'.repeat(9)},a\n`,
      ['--target', 'y', '--missing', 'refuse'],
      1,
      /column "x": is missing; trained with --missing mean/,
    ],
    [
      'text to regress on',
      'x,y\n1,2\n2,b\n',
      ['--target', 'y', '--task', 'regression'],
      1,
      /data\.csv:3, column "y": .*finite number/,
    ],
    [
      'a word in a target of numbers',
      `x,y\n${'1,2.5\n2,3.5\n'.repeat(9)}7,many\n`,
      ['--target', 'y'],
      1,
      /data\.csv:20, column "y": "many" stands in a target of numbers/,
    ],
    [
      'a target of names',
      `x,y\n${Array.from({ length: 20 }, (_, i) => `${i},n${i}`).join('\n')}\n`,
      ['--target', 'y'],
      1,
      /20 different labels in 20 rows/,
    ],
    ['a column to drop that is not there', 'x,y\n1,a\n', ['--target', 'y', '--drop', 'z'], 1, /no column "z"/],
    ['nothing beside the target', 'y\na\nb\n', ['--target', 'y'], 1, /beside the target/],
    ['no target', 'x,y\n1,a\n', [], 2, /--target/],
    ['an unknown option', 'x,y\n1,a\n', ['--target', 'y', '--epoch', '3'], 2, /did you mean --epochs/i],
    ['a bad number', 'x,y\n1,a\n', ['--target', 'y', '--epochs', '0.5'], 2, /--epochs/],
    [
      'early stopping without validation',
      `x,y\n${'1,a\n2,b\n'.repeat(9)}`,
      ['--target', 'y', '--early-stopping'],
      2,
      /validation/,
    ],
    [
      'an output in no folder',
      'x,y\n1,a\n',
      ['--target', 'y', '--out', 'no/such/m.safetensors'],
      1,
      /no\/such\/m\.safetensors: cannot be written/,
    ],
    ['an output that is a folder', 'x,y\n1,a\n', ['--target', 'y', '--out', '.'], 1, /is a folder/],
  ];
  test.each(bad)('%s', async (_, contents, args, code, message) => {
    place.file('data.csv', contents);
    place.file('data.safetensors', 'an older model');
    const before = readdirSync(place.folder).sort();
    const ran = await place.run(['train', 'data.csv', ...args]);
    expect(ran.err).toMatch(message);
    expect(ran.err).toMatch(/^error: |\nerror: /);
    expect(ran.err).not.toMatch(/\n\s+at /);
    expect(ran.code).toBe(code);
    expect(readFileSync(place.file('data.safetensors'), 'utf8')).toBe('an older model');
    expect(readdirSync(place.folder).sort()).toEqual(before);
  });

  test('files that are not there, or not models', async () => {
    expect(await place.run(['train', 'nowhere.csv', '--target', 'y'])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/nowhere\.csv: cannot be read: no such file/),
    });
    place.file('x.parquet', 'PAR1 and nothing else');
    expect(await place.run(['train', 'x.parquet', '--target', 'y'])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/x\.parquet: is not a readable Parquet file/),
    });
    place.file('junk.safetensors', 'x,y\n1,2\n');
    expect(await place.run(['inspect', 'junk.safetensors'])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/junk\.safetensors: not a safetensors file/),
    });
  });

  test('a model meets rows that are not its own', async () => {
    place.file('t.csv', `n,c,y\n${'1,a,u\n2,b,v\n3,a,u\n'.repeat(6)}`);
    expect((await place.run(['train', 't.csv', '--target', 'y', ...QUICK])).code).toBe(0);
    const refused = async (contents: string, message: RegExp) => {
      place.file('new.csv', contents);
      const { code, err } = await place.run(['predict', 't.safetensors', 'new.csv', '--out', 'out.csv']);
      expect(err).toMatch(message);
      expect(code).toBe(1);
      expect(existsSync(place.file('out.csv'))).toBe(false);
    };
    await refused('n\n1\n', /the column "c", which the model was trained on, is missing/);
    await refused('n,c\n1,a\nmany,b\n', /new\.csv:3, column "n"/);
    // Categories that look like numbers stay categories, and gaps are gaps.
    place.file('new.csv', 'c,n\n1,2\n,\n');
    const { code, out, err } = await place.run(['predict', 't.safetensors', 'new.csv']);
    expect(code).toBe(0);
    expect(out.trimEnd().split('\n')).toHaveLength(3);
    expect(err).toMatch(/"1" not seen in training/);
    expect(await place.run(['evaluate', 't.safetensors', 'new.csv'])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/no column "y"/),
    });
    place.file('one.csv', 'n,c,y\n1,a,u\n');
    expect((await place.run(['evaluate', 't.safetensors', 'one.csv'])).out).toContain('on one.csv, 1 row, target "y"');
    place.file('strange.csv', 'n,c,y\n1,a,u\n1,a,w\n');
    expect(await place.run(['evaluate', 't.safetensors', 'strange.csv'])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/strange\.csv:3, column "y": "w" is none of the classes/),
    });
  });

  test('what would be overwritten, or makes no sense', async () => {
    place.file('data.csv', 'x,y\n1,a\n2,b\n');
    const refused = async (args: string[], message: RegExp) =>
      expect(await place.run(args)).toMatchObject({ code: 2, err: expect.stringMatching(message) });
    await refused(['train', 'data.csv', '-t', 'y', '-o', './data.csv'], /would replace what is read/);
    await refused(['train', 'data.csv', '-t', 'y', '-o', 'm', '--report', 'm'], /would replace --out m/);
    await refused(['predict', 'p.safetensors', 'data.csv', '-o', 'p.safetensors'], /would replace what is read/);
    await refused(['train', 'data.csv', '-t', 'y', '--drop', 'y'], /would drop the target/);
    await refused(['train', 'absent.csv', '-t', 'y', '--early-stopping'], /--early-stopping needs --validation/);
    await refused(['train', 'data.csv', '-t', 'y', '--stream', '--validation', '0.2'], /without --stream/);
    await refused(['train', 'data.csv', '-t', 'y', '--hidden', '8,a'], /integers ≥ 1, separated by commas/);
    await refused(['predict', 'known.safetensors', 'known.csv', '--probabilities'], /goes with classifiers/);
    for (const name of ['p.xlsx', 'p.tsv'])
      await refused(['predict', 'known.safetensors', 'known.csv', '-o', name], /written as \.csv, \.json, \.ndjson or \.jsonl/);
    await refused(['train', 'data.csv'], /\(efficient-backprop train --help says more\)/);
    await refused(['predict', 'm', 'data.csv', '--what'], /\(efficient-backprop predict --help says more\)/);
    await refused(['dance'], /\(efficient-backprop --help says more\)/);
    expect(readFileSync(place.file('data.csv'), 'utf8')).toBe('x,y\n1,a\n2,b\n');
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

  test('inspect --spectrum says how the loss curves, and draws it', async () => {
    const { code, out } = await place.run([
      'inspect',
      'p.safetensors',
      '--spectrum',
      PENGUINS,
      '--svg',
      'spectrum.svg',
      '--quiet',
    ]);
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

  test('inspect refuses what goes with --spectrum only, and files that are not there', async () => {
    expect(await place.run(['inspect', 'p.safetensors', '--svg', 'x.svg'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('--spectrum'),
    });
    expect((await place.run(['inspect', 'p.safetensors', '--spectrum', 'none.csv'])).code).toBe(1);
  });

  test('with --json errors are JSON too', async () => {
    place.file('data.csv', 'x,y\n1,a\n2,\n');
    const { code, out } = await place.run(['train', 'data.csv', '--target', 'y', '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toEqual({
      error: { type: 'InputError', message: expect.any(String), file: 'data.csv', line: 3, column: 'y' },
    });
    expect(JSON.parse((await place.run(['train', 'data.csv', '--json'])).out).error.type).toBe('UsageError');
  });

  test('Ctrl-C ends the training and leaves files alone', async () => {
    place.file('long.csv', `x,y\n${'1,a\n2,b\n3,a\n'.repeat(2000)}`);
    place.file('long.safetensors', 'an older model');
    const args = ['train', 'long.csv', '--target', 'y', '--hidden', '64', '--weight-decay', '0', '--epochs', '1000000'];
    const { code } = await place.run(args, undefined, (child) => child.stdout!.once('data', () => child.kill('SIGINT')));
    expect(code).toBe(130);
    expect(readFileSync(place.file('long.safetensors'), 'utf8')).toBe('an older model');
  });

  test('whoever reads the output may stop reading', async () => {
    const args = ['predict', 'p.safetensors', PENGUINS, '--quiet'];
    const { code, err } = await place.run(args, undefined, (child) => child.stdout!.destroy());
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });
});

test('help and version', async () => {
  expect(await place.run(['--version'])).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  expect(await place.run(['--help'])).toMatchObject({ code: 0, out: expect.stringMatching(/Examples:[\s\S]*Exit codes/) });
  expect(await place.run(['train', '--help'])).toMatchObject({ code: 0, out: expect.stringContaining('--test-share') });
  expect((await place.run(['dance'])).code).toBe(2);
});

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

  test('a stream repeats with its seed', async () => {
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
    expect(infinite.err).toMatch(/broken\.csv:69002, column "a": Infinity is not a finite number/);
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
