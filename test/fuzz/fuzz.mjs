// Files that something has happened to, format by format: they are read, or refused in one line by an error of the package's own,
// soon. `npm run fuzz -- --minutes 10` goes on for so long, and lets the command read some of them; --seed repeats a run.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { fileURLToPath } from 'node:url';
import { parquetWriteBuffer } from 'hyparquet-writer';

/** Numbers from 0 to below n, the same for the same seed (mulberry32). */
export function random(seed) {
  let state = seed >>> 0;
  return (n) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n);
  };
}

const rows = Array.from({ length: 40 }, (_, i) => ({
  id: i,
  size: ((i * 37) % 40) / 8,
  city: ['Bern', 'Zürich', 'St. "Gallen", CH'][i % 3],
  sold: i % 5 ? `20${10 + (i % 10)}-0${1 + (i % 9)}-11` : null,
  dear: i % 2 === 0,
}));
const names = Object.keys(rows[0]);
const quoted = (cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
const csv = [names, ...rows.map((row) => names.map((name) => quoted(String(row[name] ?? ''))))];
const bytes = (text) => Uint8Array.from(Buffer.from(text));
const fixture = (name) => Uint8Array.from(readFileSync(new URL(`../format/fixtures/0.1/${name}`, import.meta.url)));

function parquet(codec) {
  const columnData = names.map((name) => ({ name, data: rows.map((row) => row[name]) }));
  return new Uint8Array(parquetWriteBuffer({ columnData, codec }));
}

/** Files of each format before anything happens to them, the extension of their names, and the share of cases that they get. */
export const FORMATS = {
  csv: { file: bytes(`${csv.map((cells) => cells.join(',')).join('\r\n')}\r\n`), share: 5 },
  tsv: { file: bytes(`${csv.map((cells) => cells.join('\t')).join('\n')}\n`), share: 2 },
  ndjson: { file: bytes(rows.map((row) => JSON.stringify(row)).join('\n')), share: 3 },
  json: { file: bytes(JSON.stringify(rows, null, 1)), share: 3 },
  parquet: { file: parquet('SNAPPY'), share: 2 },
  'csv.gz': { file: Uint8Array.from(gzipSync(csv.map((cells) => cells.join(';')).join('\n'))), share: 3 },
  safetensors: { file: fixture('birds.float32.safetensors'), share: 1, model: true },
  'model.json': { file: fixture('birds.float64.json'), share: 1, model: true },
};

/** What stands in files of these formats, or is large, or empty. */
const TOKENS = [
  '"',
  '""',
  ',',
  '\t',
  '\n',
  '\r',
  '{',
  '}',
  '[',
  ']',
  '\\',
  ':',
  '\0',
  '\ufeff',
  'é',
  '1e999',
  '-',
  'null',
  'NaN',
];

/** A file after one to four misfortunes. */
export function mutated(file, draw) {
  let out = file;
  for (let times = 1 + draw(4); times > 0; times--) {
    const [a, b] = [draw(out.length + 1), draw(out.length + 1)].sort((x, y) => x - y);
    const few = Math.min(out.length, a + 1 + draw(8));
    const part = (from, to) => out.subarray(from, to);
    const joined = (...parts) => Uint8Array.from(Buffer.concat(parts));
    const kind = draw(8);
    if (kind === 0) out = part(0, b);
    else if (kind === 1) out = joined(part(0, a), part(few));
    else if (kind === 2) out = joined(part(0, a), part(a, few), part(a));
    else if (kind === 3) out = joined(part(0, a), bytes(TOKENS[draw(TOKENS.length)]), part(a));
    else if (kind === 4)
      out = joined(
        part(0, a),
        Uint8Array.from({ length: 1 + draw(9) }, () => draw(256)),
        part(few),
      );
    else {
      out = out.slice();
      if (out.length > 0) out[Math.min(a, out.length - 1)] ^= kind === 5 ? 1 << draw(8) : draw(256);
    }
  }
  return out;
}

/** Parquet whose footer says something else: what is there, and where. Four bytes before the last four say how long it is. */
export function misled(file, draw) {
  const out = file.slice();
  const length = new DataView(out.buffer, out.byteOffset).getUint32(out.length - 8, true);
  for (let times = 1 + draw(2); times > 0; times--) out[out.length - 9 - draw(length)] = draw(256);
  return out;
}

/** Milliseconds of work after which a file counts as one that hangs. */
const HANGS = 2000;

/** What a library does with a file; throws where it does what it should not. */
async function tried({ readTable, loadModel, EfficientBackpropError }, extension, file) {
  const before = process.cpuUsage();
  try {
    if (FORMATS[extension].model) (await loadModel(file)).dispose();
    else await readTable(file, { name: `data.${extension}` });
  } catch (error) {
    if (!(error instanceof EfficientBackpropError)) throw new Error(`not an error of ours: ${error?.stack ?? error}`);
    if (/\n/.test(error.message)) throw new Error(`several lines: ${error.message}`);
  }
  const { user, system } = process.cpuUsage(before);
  if ((user + system) / 1000 > HANGS) throw new Error(`took ${(user + system) / 1000} ms`);
}

/** Tries so many cases, from a seed, each kind in turn by its share. Returns what went wrong. */
export async function fuzz(library, count, seed) {
  const draw = random(seed);
  const kinds = Object.entries(FORMATS).flatMap(([name, { share }]) => Array(share).fill(name));
  const wrong = [];
  for (let i = 0; i < count; i++) {
    const extension = kinds[i % kinds.length];
    const harm = extension === 'parquet' && draw(2) ? misled : mutated;
    const file = harm(FORMATS[extension].file, draw);
    await tried(library, extension, file).catch((error) => {
      wrong.push({ extension, case: i, error: error.message, file: Buffer.from(file).toString('base64') });
    });
  }
  return wrong;
}

/** The same with the command: one line of error or none, nothing left behind. */
function commanded(extension, file) {
  const folder = mkdtempSync(path.join(tmpdir(), 'fuzz-'));
  const name = `data.${extension}`;
  try {
    writeFileSync(path.join(folder, name), file);
    const command = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
    const few = ['--hidden', '0', '--weight-decay', '0.1', '--epochs', '2', '--quiet', '--out', 'm.safetensors'];
    const args = FORMATS[extension].model ? ['inspect', name] : ['train', name, '--target', 'dear', ...few];
    const { status, signal, stderr } = spawnSync(process.execPath, [command, ...args], {
      cwd: folder,
      env: { ...process.env, TMPDIR: folder },
      encoding: 'utf8',
      timeout: 60_000,
    });
    const errors = stderr.split('\n').filter((line) => line.startsWith('error: '));
    if (signal || (status !== 0 && status !== 1)) return `exit code ${status ?? signal}: ${stderr}`;
    if (/\n\s+at /.test(stderr) || errors.length !== status) return `exit code ${status}: ${stderr}`;
    const left = readdirSync(folder).filter((one) => one !== name && !(status === 0 && one === 'm.safetensors'));
    return left.length > 0 ? `left behind: ${left.join(', ')}` : undefined;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Cases between two looks at the clock. */
const LOT = 200;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const option = (name, fallback) => {
    const at = process.argv.indexOf(`--${name}`);
    return at < 0 ? fallback : Number(process.argv[at + 1]);
  };
  const minutes = option('minutes', 1);
  let seed = option('seed', Date.now() % 2 ** 31);
  const [library, table] = await Promise.all([import('../../dist/index.js'), import('../../dist/table.js')]);
  const end = performance.now() + 60_000 * minutes;
  let count = 0;
  let commands = 0;
  do {
    for (const each of await fuzz({ ...library, ...table }, LOT, seed)) {
      console.log(JSON.stringify({ seed, ...each }));
      process.exitCode = 1;
    }
    const draw = random(seed + 1);
    for (const [extension, { file }] of Object.entries(FORMATS)) {
      const wrong = commanded(extension, mutated(file, draw));
      commands++;
      if (!wrong) continue;
      console.log(JSON.stringify({ seed, extension, command: wrong }));
      process.exitCode = 1;
    }
    count += LOT;
    seed++;
  } while (performance.now() < end);
  console.log(`${count} files read, ${commands} by the command; ${process.exitCode ? 'some went wrong' : 'all as they should'}`);
}
