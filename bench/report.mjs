// npm run bench:report: draws what bench/results/ holds, and writes it into docs/performance.md, between its markers. Whole runs
// do so by themselves.

import { readFile, readdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { picturesOf } from './chart.mjs';
import { number, percent, size } from './show.mjs';

const folder = new URL('results/', import.meta.url);
const page = new URL('../docs/performance.md', import.meta.url);

const BEGIN = '<!-- results: written by `npm run bench:report` from bench/results -->';
const END = '<!-- end of results -->';

const table = (head, rows) =>
  rows.length === 0 ? '' : [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const micro = (seconds) => number(seconds * 1e6);

function ladderTable({ ladder }) {
  return table(
    [
      'step',
      'bound by',
      'share of it',
      'µs, one thread',
      'half between',
      'µs, two threads',
      "µs, 'auto'",
      'tfjs-wasm',
      'jax-js',
      'brain.js',
    ],
    ladder.map(({ rung, bound, share, bandwidthShare, times }) => {
      const ours = times['efficient-backprop'];
      const beside = (name) => (times[name] ? `${number(times[name].median / ours.median)}×` : '');
      const took = (name) => (times[name] ? micro(times[name].median) : '');
      const of = bound === 'bandwidth' ? percent(bandwidthShare) : bound === 'latency' ? `(${percent(share)})` : percent(share);
      const own = [micro(ours.median), `${micro(ours.low)} – ${micro(ours.high)}`, took('two threads'), took("threads: 'auto'")];
      return [rung, bound, of, ...own, ...['tfjs-wasm', 'jax-js', 'brain.js'].map(beside)];
    }),
  );
}

function productsTable({ products }) {
  const sizes = [...new Set(products.map((p) => p.size))];
  const kinds = [...new Set(products.map(({ precision, numerics, form }) => `${precision} ${numerics} ${form}`))];
  const share = (kind, n) =>
    products.find((p) => `${p.precision} ${p.numerics} ${p.form}` === kind && p.size === n)?.share ?? Number.NaN;
  return table(
    ['products', ...sizes.map((n) => `${n}³`)],
    kinds.map((kind) => [kind, ...sizes.map((n) => percent(share(kind, n)))]),
  );
}

function kernelLines({ tanh, vectors }) {
  return [
    ...tanh.map(
      ({ precision, numerics, rate, share }) =>
        `- tanh, ${precision} ${numerics}: ${number(rate.median / 1e9)}·10⁹ a second, 1/${number(1 / share.median)} of the limit's multiply-adds`,
    ),
    ...vectors.map(
      ({ name, workingSet, rate, share }) =>
        `- ${name} over ${size(workingSet)}: ${number(rate.median / 1e9)} GB/s, ${percent(share.median)} of a loop that does the same`,
    ),
  ].join('\n');
}

const targetsTable = (list) =>
  table(
    ['target', 'found', 'wanted', 'met'],
    list.map(({ what, found, least, most, unit, met }) => [
      what,
      `${number(found)}${unit}`,
      least === undefined ? `≤ ${most}${unit}` : `≥ ${least}${unit}`,
      met ? 'yes' : '**no**',
    ]),
  );

const named = ({ cpu, cores, runtime, version }) => `${cpu}, ${cores} ${cores === 1 ? 'core' : 'cores'}, ${runtime} ${version}`;

/** A whole run as a part of the page. */
export function runSection(name, result) {
  const limits = Object.entries(result.limit).map(
    ([numerics, { float32, float64 }]) => `${numerics} ${number(float32)} GFLOP/s float32 and ${number(float64)} float64`,
  );
  return [
    `### ${named(result.machine)}`,
    `${result.date.slice(0, 10)}, [${name}.json](../bench/results/${name}.json), ${result.rounds} rounds. One core at most: ${limits.join('; ')}.`,
    ladderTable(result),
    'What latency bounds has its share of the multiply-adds in brackets. Peers: how many times as long their step takes.',
    ...result.ladder
      .filter(({ bound, updateShare }) => bound === 'bandwidth' && updateShare)
      .map(
        ({ rung, updateShare }) =>
          `${rung}: what the update alone reads and writes takes ${percent(updateShare)} of the step at the bandwidth.`,
      ),
    `![steps](../bench/results/${name}.svg)`,
    'Products alone, share of the limit of multiply-adds of the same binary:',
    productsTable(result),
    kernelLines(result),
    table(
      ['working set', ...result.bandwidth.map(({ bytes }) => size(bytes))],
      ['read', 'update'].map((access) => [`${access}, GB/s`, ...result.bandwidth.map((level) => number(level[access].median))]),
    ),
    targetsTable(result.targets),
  ].join('\n\n');
}

/** What two threads could do, beside what they do. */
function togetherLines({ together, threads }) {
  if (!together) return [];
  const faster = (rung) => threads.find((t) => t.rung === rung && t.threads === 2).speedup.median;
  return [
    table(
      ['two threads, times the steps of one', 'sharing each step', 'each with steps of its own'],
      Object.entries(together.rungs).map(([rung, { median }]) => [rung, number(faster(rung)), number(median)]),
    ),
    `A word takes ${number(together.handOver.median)} ns from one thread to the other.`,
  ];
}

/** A run of bench:scaling as a part of the page. */
export function scalingSection(name, result) {
  const pictures = ['rows', 'rowsOfMore', 'parameters', 'batch', 'threads', 'methods']
    .filter((of) => result[of])
    .map((of) => `![${of}](../bench/results/${name}.${of}.svg)`);
  return [
    `### Growth: ${named(result.machine)}`,
    `${result.date.slice(0, 10)}, [${name}.json](../bench/results/${name}.json), ${result.rounds} rounds.`,
    pictures.join('\n'),
    ...togetherLines(result),
    table(
      ['until a training loss, 5-20-1, 500 rows', 'loss', 'reached', 'ms', 'half between', 'epochs'],
      result.methods.map(({ method, goal, reached, seeds, milliseconds: ms, epochs }) => [
        method,
        goal,
        `${reached} of ${seeds}`,
        ...(ms ? [number(ms.median), `${number(ms.low)} – ${number(ms.high)}`, number(epochs.median)] : ['', '', '']),
      ]),
    ),
    targetsTable(result.targets),
  ].join('\n\n');
}

/**
 * A document with the text between its markers replaced.
 * @throws Error where it has no markers
 */
export function replaced(document, text) {
  const [from, to] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`there is no ${BEGIN} … ${END}`);
  return `${document.slice(0, from + BEGIN.length)}\n\n${text}\n\n${document.slice(to)}`;
}

/** The runs that are kept, as [name, result]. */
async function runs() {
  const files = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json') && !name.startsWith('latest'));
  const read = async (file) => [file.slice(0, -'.json'.length), JSON.parse(await readFile(new URL(file, folder), 'utf8'))];
  return Promise.all(files.sort().map(read));
}

/** docs/performance.md as bench/results/ has it. */
export async function written() {
  const sections = [];
  for (const [name, result] of await runs()) {
    sections.push((name.endsWith('.scaling') ? scalingSection : runSection)(name, result));
  }
  const text = sections.join('\n\n') || 'No run is recorded: `npm run bench` and `npm run bench:scaling` record one.';
  return replaced(await readFile(page, 'utf8'), text);
}

/** The pictures of bench/results/, by name. */
export async function drawn() {
  const pictures = (await runs()).map(([name, result]) =>
    Object.entries(picturesOf(result)).map(([end, svg]) => [`${name}${end}`, svg]),
  );
  return Object.fromEntries(pictures.flat());
}

export async function report() {
  await writeFile(page, await written());
  for (const [name, svg] of Object.entries(await drawn())) await writeFile(new URL(name, folder), svg);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await report();
