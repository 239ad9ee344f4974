// npm run bench -- --compare BASE: two builds of this package, rung by rung and kernel by kernel.
//
// Processes differ from one another by more than two builds do (where the engine puts code and data), so each of several
// processes runs both builds in turns, A B B A, and gives one ratio for each rung: the median over its pairs. The interval is
// that of the median over processes.

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { medianInterval, summary } from '../dist/bench.js';
import { number } from './show.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const script = fileURLToPath(new URL('paired.mjs', import.meta.url));

/**
 * As many processes as an interval of 95 % needs; three more, and it leaves out the smallest and the largest: one may be
 * disturbed.
 */
const LEAST_PROCESSES = 6;
const PROCESSES = 9;

/** Slower by more than this, surely, is a failure. */
const MOST = 1.05;

/**
 * A built checkout: a folder that has one, or a revision, built in a worktree.
 * @returns its folder, and how to be rid of it
 */
function checkout(base) {
  if (existsSync(path.join(base, 'dist', 'index.js'))) return { folder: path.resolve(base), dispose() {} };
  if (existsSync(base)) throw new Error(`${base} has not been built: there is no dist/index.js in it`);
  const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  let revision;
  try {
    revision = git('rev-parse', '--verify', '--quiet', `${base}^{commit}`);
  } catch {
    throw new Error(`--compare ${base}: neither a folder with a built checkout nor a revision`);
  }
  const parent = mkdtempSync(path.join(tmpdir(), 'compare-'));
  const folder = path.join(parent, 'base');
  const dispose = () => {
    try {
      git('worktree', 'remove', '--force', folder);
    } finally {
      rmSync(parent, { recursive: true, force: true });
    }
  };
  git('worktree', 'add', '--detach', folder, revision);
  try {
    console.log(`building ${base} (${revision.slice(0, 10)})`);
    const run = (command, args) => execFileSync(command, args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
    const lock = (of) => readFileSync(path.join(of, 'package-lock.json'), 'utf8');
    if (lock(root) === lock(folder)) symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'dir');
    else run('npm', ['ci', '--silent']);
    run(process.execPath, ['scripts/build.mjs']);
    // What is measured stays after the worktree has gone, so that nothing is left behind in the repository.
    const kept = path.join(parent, 'dist');
    cpSync(path.join(folder, 'dist'), kept, { recursive: true });
    cpSync(path.join(folder, 'package.json'), path.join(parent, 'package.json')); // it says that these are modules
    git('worktree', 'remove', '--force', folder);
    return { folder: parent, dispose: () => rmSync(parent, { recursive: true, force: true }) };
  } catch (error) {
    dispose();
    throw error;
  }
}

/** One process: [{ name, unit, base, here, ratio }], medians of its pairs. */
function measured(base, first, { rung, rounds }) {
  const args = [script, path.join(base, 'dist'), path.join(root, 'dist'), first, rounds, rung];
  return JSON.parse(
    execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1 << 26 }),
  );
}

/** What the interval of a ratio here/base says. SLOWER is a failure: all of it is beyond 5 %. */
export function verdictOf({ low, high }) {
  if (low > MOST) return 'SLOWER';
  if (low > 1) return 'slower';
  return high < 1 ? 'faster' : '';
}

/**
 * Compares `base` with this checkout and prints what came out.
 * @returns whether nothing is surely slower than it was by more than a twentieth
 */
export async function compare(base, { rung = '', rounds = '6', processes = String(PROCESSES) }) {
  const count = Number(processes);
  if (!(count >= LEAST_PROCESSES)) throw new Error(`--processes ${processes}: an interval of 95 % needs ${LEAST_PROCESSES}`);
  const { folder, dispose } = checkout(base);
  const found = new Map();
  try {
    for (let p = 0; p < count; p++) {
      process.stderr.write(`process ${p + 1} of ${count}\n`);
      for (const one of measured(folder, p % 2 ? 'here' : 'base', { rung, rounds })) {
        if (!found.has(one.name)) found.set(one.name, []);
        found.get(one.name).push(one);
      }
    }
  } finally {
    dispose();
  }
  const rows = [...found].map(([name, list]) => {
    const median = (what) => summary(list.map((one) => one[what])).median;
    const interval = medianInterval(list.map(({ ratio }) => ratio));
    return { name, unit: list[0].unit, base: median('base'), here: median('here'), interval, verdict: verdictOf(interval) };
  });
  console.log(`Here beside ${base}: time, and how many times base's (median, and its interval over ${count} processes)`);
  console.table(
    Object.fromEntries(
      rows.map(({ name, unit, base: then, here, interval, verdict }) => [
        name,
        {
          'base, µs': number(then * 1e6),
          'here, µs': number(here * 1e6),
          of: unit,
          ratio: interval.median.toFixed(3),
          interval: `${interval.low.toFixed(3)} – ${interval.high.toFixed(3)}`,
          verdict,
        },
      ]),
    ),
  );
  const slower = rows.filter(({ verdict }) => verdict === 'SLOWER');
  console.log(
    slower.length > 0
      ? `SLOWER by more than 5 %: ${slower.map(({ name }) => name).join(', ')}`
      : 'Nothing is surely slower by more than 5 %.',
  );
  return slower.length === 0;
}
