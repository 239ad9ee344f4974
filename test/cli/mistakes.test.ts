// The command meets what cannot work: it says so, where, and what would.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PENGUINS, Workplace, requireBuilt } from './command.js';

const place = new Workplace();
beforeAll(async () => {
  await requireBuilt();
  // A classifier, and a regressor.
  place.file('known.csv', `x,y\n${Array.from({ length: 40 }, (_, i) => `${i},${(i * 7) % 40}`).join('\n')}\n`);
  for (const args of [
    [PENGUINS, '--target', 'species', '--out', 'p.safetensors'],
    ['known.csv', '--target', 'y', '--task', 'regression', '--out', 'known.safetensors'],
  ])
    expect((await place.run(['train', ...args, ...QUICK, '--quiet'])).code).toBe(0);
}, 120_000);
afterAll(() => place.remove());

const QUICK = ['--hidden', '8', '--weight-decay', '0.01', '--epochs', '30', '--seed', '1'];

describe('what cannot work', () => {
  type Bad = [what: string, contents: string | Uint8Array, args: string[], code: number, message: RegExp];
  const bad: Bad[] = [
    ['an empty file', '', ['--target', 'y'], 1, /data\.csv: is empty/],
    ['a binary file', Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 0, 1, 2), ['--target', 'y'], 1, /data\.csv:1: is a binary file/],
    ['a ragged row', 'x,y\n1,a\n2\n', ['--target', 'y'], 1, /data\.csv:3: has 1 cell; expected 2/],
    ['no such target', 'x,why\n1,a\n', ['--target', 'y'], 1, /no column "y".*the columns are "x", "why"/],
    ['a target misspelt', 'x,species\n1,a\n', ['--target', 'specis'], 1, /did you mean "species"/],
    ['a target missing in a row', 'x,y\n1,a\n2,\n', ['--target', 'y'], 1, /data\.csv:3, column "y": the target is missing/],
    ['one class only', 'x,y\n1,a\n2,a\n3,a\n4,a\n', ['--target', 'y'], 1, /two/],
    [
      'an infinite number',
      `x,y\n${'1,a\n2,b\n'.repeat(9)}inf,a\n`,
      ['--target', 'y'],
      1,
      /data\.csv:20, column "x": "inf" is not a finite number/,
    ],
    [
      'a number too large',
      `x,y\n${'1,a\n2,b\n'.repeat(9)} -1e400,a\n`,
      ['--target', 'y'],
      1,
      /data\.csv:20, column "x": "-1e400" is too large: numbers end at 1\.8e308/,
    ],
    [
      'a target too large',
      `x,y\n${'1,1.5\n2,2.5\n'.repeat(9)}1,1e400\n`,
      ['--target', 'y'],
      1,
      /data\.csv:20, column "y": "1e400" is too large/,
    ],
    [
      'one integer only',
      `x,y\n${'1,4\n2,4\n'.repeat(9)}`,
      ['--target', 'y'],
      1,
      /all are 4; to tell classes apart takes at least two$/m,
    ],
    [
      'one integer only, of a stream',
      `x,y\n${'1,4\n2,4\n'.repeat(9)}`,
      ['--target', 'y', '--stream'],
      1,
      /data\.csv, column "y": all are 4; to tell classes apart takes at least two$/m,
    ],
    ...[1, 2, 3].map(
      (seed): Bad => [
        `a word among dates, with seed ${seed}`,
        `d,y\n${Array.from({ length: 60 }, (_, i) => `${i === 5 ? 'unknown' : new Date(864e5 * i).toISOString().slice(0, 10)},${i + (i % 7)}`).join('\n')}\n`,
        ['--target', 'y', '--hidden', '0', '--seed', `${seed}`],
        1,
        /data\.csv:7, column "d": "unknown" is not a date/,
      ],
    ),
    ['constant columns only', `x,y\n${'1,a\n1,b\n'.repeat(9)}`, ['--target', 'y'], 1, /the same in every row/],
    [
      'gaps refused',
      `x,y\n${'1,a\n2,b\n'.repeat(9)},a\n`,
      ['--target', 'y', '--missing', 'refuse'],
      1,
      /column "x": is missing; train with --missing mean/,
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
      /data\.csv:20, column "y": "many" is in a target of numbers/,
    ],
    [
      'a target of names',
      `x,y\n${Array.from({ length: 20 }, (_, i) => `${i},n${i}`).join('\n')}\n`,
      ['--target', 'y'],
      1,
      /20 different labels in 20 rows/,
    ],
    [
      'text in a column that is said to hold numbers',
      `x,y\n${'1,2.5\nb,3.5\n'.repeat(9)}`,
      ['--target', 'y', '--column', 'x:number'],
      1,
      /data\.csv:3, column "x": "b" is not a finite number, as this column is said to hold/,
    ],
    [
      'a target that is said to be a date',
      'x,y\n1,2024-01-01\n',
      ['--target', 'y', '--column', 'y:date'],
      2,
      /learned as a number or as a category/,
    ],
    ['an escape in an argument', 'x,y\n1,a\n', ['--target', 'y', '--task', 'r\u001b[31m'], 2, /'r\u241b\[31m' is invalid/],
    ['a column to drop that is not there', 'x,y\n1,a\n', ['--target', 'y', '--drop', 'z'], 1, /no column "z"/],
    ['nothing beside the target', 'y\na\nb\n', ['--target', 'y'], 1, /beside the target/],
    ['no target', 'x,y\n1,a\n', [], 2, /--target/],
    ['an unknown option', 'x,y\n1,a\n', ['--target', 'y', '--epoch', '3'], 2, /did you mean --epochs/i],
    [
      'the target misspelt as an option',
      'x,y\n1,a\n',
      ['--traget', 'y'],
      2,
      /unknown option '--traget'.*did you mean --target/is,
    ],
    [
      'a setting that a method has not',
      'x,y\n1,a\n',
      ['--target', 'y', '--method', 'lbfgs', '--rate', '0.1'],
      2,
      /--rate does not go with --method lbfgs$/m,
    ],
    ['a bad number', 'x,y\n1,a\n', ['--target', 'y', '--epochs', '0.5'], 2, /--epochs/],
    ['too many threads', 'x,y\n1,a\n', ['--target', 'y', '--threads', '17'], 2, /--threads.*from 1 to 16, or auto/s],
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
      err: expect.stringMatching(/strange\.csv:3, column "y": "w" is not one of the classes "u", "v"$/m),
    });
  });

  test('a model of dates names the cell that is none', async () => {
    const lines = Array.from({ length: 40 }, (_, i) => `${new Date(864e5 * i).toISOString().slice(0, 10)},${i}`);
    place.file('dates.csv', `d,y\n${lines.join('\n')}\n`);
    expect((await place.run(['train', 'dates.csv', '--target', 'y', '--task', 'regression', ...QUICK])).code).toBe(0);
    for (const [row, cell] of [
      [0, 'unknown'],
      [5, 'unknown'],
      [39, '7'],
    ] as const) {
      place.file('odd.csv', `d,y\n${lines.map((line, i) => (i === row ? `${cell},${i}` : line)).join('\n')}\n`);
      for (const command of ['predict', 'evaluate']) {
        const { code, err } = await place.run([command, 'dates.safetensors', 'odd.csv']);
        expect({ code, err }).toEqual({
          code: 1,
          err: expect.stringContaining(`odd.csv:${row + 2}, column "d": "${cell}" is not a date`),
        });
      }
    }
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
    await refused(['predict', 'known.safetensors', 'known.csv', '--probabilities'], /needs a classifier/);
    for (const name of ['p.xlsx', 'p.tsv'])
      await refused(['predict', 'known.safetensors', 'known.csv', '-o', name], /written as \.csv, \.json, \.ndjson or \.jsonl/);
    await refused(['train', 'data.csv'], /\(see efficient-backprop train --help\)/);
    await refused(['predict', 'm', 'data.csv', '--what'], /\(see efficient-backprop predict --help\)/);
    await refused(['dance'], /\(see efficient-backprop --help\)/);
    expect(readFileSync(place.file('data.csv'), 'utf8')).toBe('x,y\n1,a\n2,b\n');
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
    const { error } = JSON.parse((await place.run(['train', 'data.csv', '--json'])).out);
    expect(error.type).toBe('UsageError');
    expect(error.message).toMatch(/^required option '-t, --target <column>'/);
  });

  test('Ctrl-C ends the training and leaves files alone', async () => {
    place.file('long.csv', `x,y\n${'1,a\n2,b\n3,a\n'.repeat(2000)}`);
    place.file('long.safetensors', 'an older model');
    const args = ['train', 'long.csv', '--target', 'y', '--hidden', '64', '--weight-decay', '0', '--epochs', '1000000'];
    const { code } = await place.run(args, undefined, (child) => child.stdout!.once('data', () => child.kill('SIGINT')));
    expect(code).toBe(130);
    expect(readFileSync(place.file('long.safetensors'), 'utf8')).toBe('an older model');
  });
});
