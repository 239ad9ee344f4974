// Where the command writes: only files are replaced, nothing is left half written, and who stops reading stops nothing.

import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { csvLine } from '../../src/cli/output.js';
import { temporaryPrefix } from '../../src/format/file.js';
import { PENGUINS, Workplace, requireBuilt } from './command.js';

const place = new Workplace();
const QUICK = ['--hidden', '4', '--weight-decay', '0.01', '--epochs', '10', '--seed', '1'];
const train = (out: string) => ['train', PENGUINS, '--target', 'species', '--out', out, ...QUICK];
const leftovers = () => readdirSync(place.folder, { recursive: true }).filter((name) => String(name).endsWith('.tmp'));

/** A line of shell, in which "$@" is the command. */
const shell = (line: string, args: readonly string[]) =>
  new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    const child = spawn('bash', ['-c', line, 'bash', process.execPath, place.command, ...args], { cwd: place.folder });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (err += chunk));
    child.on('close', (code) => resolve({ code, out, err }));
  });

beforeAll(async () => {
  requireBuilt();
  expect((await place.run([...train('p.safetensors'), '--quiet'])).code).toBe(0);
}, 120_000);
afterAll(() => {
  expect(leftovers()).toEqual([]);
  place.remove();
});

const predictions = (args: readonly string[]) => place.run(['predict', 'p.safetensors', PENGUINS, ...args]);

test('a file that is there keeps its mode', async () => {
  const file = place.file('private.csv', 'old');
  chmodSync(file, 0o600);
  expect((await predictions(['--out', file])).code).toBe(0);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, 'utf8')).toMatch(/^species\n/);
});

test.each(['there', 'not there yet'])(
  'a symbolic link stays, and the file that it points to is written, if %s',
  async (state) => {
    const folder = path.join(place.folder, `links ${state}`);
    mkdirSync(path.join(folder, 'far'), { recursive: true });
    if (state === 'there') writeFileSync(path.join(folder, 'far', 'p.csv'), 'old');
    symlinkSync('far/p.csv', path.join(folder, 'second'));
    symlinkSync(path.join(folder, 'second'), path.join(folder, 'first.csv'));
    expect((await predictions(['--out', path.join(folder, 'first.csv')])).code).toBe(0);
    expect(readlinkSync(path.join(folder, 'first.csv'))).toBe(path.join(folder, 'second'));
    expect(readFileSync(path.join(folder, 'far', 'p.csv'), 'utf8')).toMatch(/^species\n/);
  },
);

test('links that lead round in a circle are refused, and stay', async () => {
  symlinkSync('round.csv', place.file('round.csv'));
  const { code, err } = await predictions(['--out', 'round.csv']);
  expect([code, err]).toEqual([
    1,
    expect.stringMatching(/^error: round\.csv: cannot be written: .*links lead round in a circle\n$/),
  ]);
  expect(readlinkSync(place.file('round.csv'))).toBe('round.csv');
});

test('a pipe is written through', async () => {
  execFileSync('mkfifo', [place.file('pipe.csv')]);
  const reader = spawn('cat', [place.file('pipe.csv')]);
  let read = '';
  reader.stdout.on('data', (chunk) => (read += chunk));
  const ended = new Promise((resolve) => reader.on('close', resolve));
  expect((await predictions(['--out', 'pipe.csv'])).code).toBe(0);
  await ended;
  expect(read).toMatch(/^species\n/);
  expect(lstatSync(place.file('pipe.csv')).isFIFO()).toBe(true);
});

test('devices are written through, and say when they are full', async () => {
  expect((await predictions(['--out', '/dev/null'])).code).toBe(0);
  expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
  const full = await predictions(['--out', '/dev/full']);
  expect(full.code).toBe(1);
  expect(full.err).toBe('error: /dev/full: cannot be written: no space left\n');
});

test('/dev/stdout is standard output, whatever that is', async () => {
  const { code } = await shell('"$@" > by-name.csv && echo more >> by-name.csv', [
    'predict',
    'p.safetensors',
    PENGUINS,
    '--out',
    '/dev/stdout',
  ]);
  expect(code).toBe(0);
  expect(readFileSync(place.file('by-name.csv'), 'utf8')).toMatch(/^species\n(\w+\n)+more\n$/);
});

test('a socket is refused before any work', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(place.file('socket.csv'), resolve));
  const { code, err } = await predictions(['--out', 'socket.csv']);
  server.close();
  expect([code, err]).toEqual([1, 'error: socket.csv: cannot be written: is a socket\n']);
});

test('whoever reads only the beginning of what train says gets the whole model', async () => {
  const { code } = await shell('set -o pipefail; "$@" | head -n 1', train('headed.safetensors'));
  expect(code).toBe(0);
  expect(readFileSync(place.file('headed.safetensors'))).toEqual(readFileSync(place.file('p.safetensors')));
});

test('whoever reads only the beginning of predictions ends them', async () => {
  const { code, out } = await shell('set -o pipefail; "$@" | head -n 1', ['predict', 'p.safetensors', PENGUINS]);
  expect([code, out]).toEqual([0, 'species\n']);
});

test.each([
  ['train', () => train('full.safetensors')],
  ['predict', () => ['predict', 'p.safetensors', PENGUINS]],
  ['evaluate', () => ['evaluate', 'p.safetensors', PENGUINS]],
  ['evaluate --json', () => ['evaluate', 'p.safetensors', PENGUINS, '--json']],
  ['inspect', () => ['inspect', 'p.safetensors']],
])('%s says when the disk behind standard output is full', async (name, args) => {
  const { code, err } = await shell('"$@" > /dev/full', args());
  expect(code).toBe(1);
  expect(err).toMatch(/^error: standard output cannot be written: no space left$/m);
  expect(err).not.toMatch(/\n {4}at /);
  if (name === 'train') expect(existsSync(place.file('full.safetensors'))).toBe(true);
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s ends training, and says what was not written', async (signal, expected) => {
  const { code, err } = await place.run(
    [
      'train',
      PENGUINS,
      '--target',
      'species',
      '--out',
      'never.safetensors',
      '--report',
      'never.html',
      '--epochs',
      '1000000',
      '--hidden',
      '4',
    ],
    '',
    (child) => child.stdout!.once('data', () => child.kill(signal)),
  );
  expect(code).toBe(expected);
  expect(err).toBe('error: interrupted: never.safetensors is not written, never.html is not written\n');
  expect(existsSync(place.file('never.safetensors'))).toBe(false);
});

test('what a killed process has left is taken away by the next that writes there, and nothing else', async () => {
  const prefix = temporaryPrefix();
  const ended = spawn(process.execPath, ['-e', '']);
  await new Promise((resolve) => ended.on('close', resolve));
  const own = [`${prefix}${process.pid}-abc.tmp`, '.efficient-backprop-elsewhere-1-abc.tmp', '.1-abc.tmp'];
  for (const name of [...own, `${prefix}${ended.pid}-abc.tmp`]) place.file(name, 'half');
  expect((await predictions(['--out', 'after.csv'])).code).toBe(0);
  expect(leftovers().sort()).toEqual([...own].sort());
  for (const name of own) execFileSync('rm', [place.file(name)]);
});

const script = existsSync('/usr/bin/script');

test.runIf(script).each([0, 1, 8, 20, 80])('a terminal of %d columns shows results', async (columns) => {
  const line = `stty cols ${columns}; "${process.execPath}" "${place.command}" ${train('narrow.safetensors').join(' ')}`;
  const told = await new Promise<string>((resolve) => {
    const child = spawn('script', ['-qec', line, '/dev/null'], { cwd: place.folder, stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (chunk) => (text += chunk));
    child.on('close', () => resolve(text));
  });
  expect(told).toMatch(/saved: narrow\.safetensors\r\n$/);
  expect(told).not.toMatch(/error/);
});

test('control characters of names, labels and files are shown, not obeyed', async () => {
  const [bell, csi] = ['\u0007\u001b[31mred', '\u009b2J'];
  const rows = Array.from({ length: 60 }, (_, i) => `${i % 7},${i % 2 ? bell : `blue${csi}`},${i % 2 ? bell : 'b'}`).join('\n');
  place.file('controls.csv', `x,colour${bell},y\n${rows}\n`);
  const trained = await place.run(['train', 'controls.csv', '--target', 'y', '--out', 'c.safetensors', ...QUICK]);
  expect(trained.code).toBe(0);
  place.file('unseen.csv', `x,colour${bell},y\n1,\u001b]0;title\u0007,b\n`);
  const evaluated = await place.run(['evaluate', 'c.safetensors', 'unseen.csv']);
  const inspected = await place.run(['inspect', 'c.safetensors']);
  const refused = await place.run(['train', 'controls.csv', '--target', `n${csi}one`]);
  for (const { out, err } of [trained, evaluated, inspected, refused]) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is they that are looked for
    expect(out + err).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  }
  expect(trained.out).toContain('\u2407\u241b[31mred');
});

test('a label of ten megabytes does not fill the screen', async () => {
  const long = 'x'.repeat(10_000_000);
  place.file(
    'long.csv',
    `x,y\n${Array.from({ length: 40 }, (_, i) => `${i},${i % 2 ? 'a' : 'b'}`).join('\n')}\n1,${long}\n2,${long}\n`,
  );
  const { code, out, err } = await place.run(['train', 'long.csv', '--target', 'y', '--out', 'l.safetensors', ...QUICK]);
  expect([code, err]).toEqual([0, '']);
  expect(out.length).toBeLessThan(5000);
});

test('--safe-csv quotes what a spreadsheet would run', async () => {
  const labels = ['=1+1', '+a', '-b', '@c', 'd'];
  place.file('formulas.csv', `x,y\n${Array.from({ length: 100 }, (_, i) => `${i % 5},${labels[i % 5]}`).join('\n')}\n`);
  await place.run([
    'train',
    'formulas.csv',
    '--target',
    'y',
    '--out',
    'f.safetensors',
    '--hidden',
    '8',
    '--seed',
    '1',
    '--quiet',
  ]);
  place.file('five.csv', 'x\n0\n1\n2\n3\n4\n');
  expect((await place.run(['predict', 'f.safetensors', 'five.csv', '--quiet', '--safe-csv'])).out).toBe(
    "y\n'=1+1\n'+a\n'-b\n'@c\nd\n",
  );
  expect((await place.run(['predict', 'f.safetensors', 'five.csv', '--quiet'])).out).toBe('y\n=1+1\n+a\n-b\n@c\nd\n');
});

test('--safe-csv disarms what spreadsheets run, behind blanks and in full width too; numbers stay', () => {
  for (const text of ['=1+1', '+1', '-1+cmd', '@SUM(A1)', ' =1', '\n=1', '\t=1', '\r', '＝1', '＋1', '－1', '＠A1'])
    expect(csvLine([text], true).replace(/^"/, ''), JSON.stringify(text)).toMatch(/^'/);
  expect(csvLine([-1.5, 'a=1', 'x', '1-2'], true)).toBe('-1.5,a=1,x,1-2\n');
  expect(csvLine(['=1'])).toBe('=1\n');
});
