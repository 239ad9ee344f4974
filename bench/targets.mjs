// What the library promises, checked against what was measured.

import { number } from './show.mjs';

const ratio = (times, peer) =>
  times?.[peer] && times['efficient-backprop'] ? times[peer].median / times['efficient-backprop'].median : undefined;

/** A list of [{ what, found, least | most, unit, met }], and how to add to it; what was not measured is left out. */
export function checks() {
  const list = [];
  const add = (what, found, bound, unit = '') => {
    if (found === undefined) return;
    const met = 'least' in bound ? found >= bound.least : found <= bound.most;
    list.push({ what, found, ...bound, unit, met });
  };
  return { list, add };
}

export function show(list) {
  if (list.length === 0) return;
  console.table(
    list.map(({ what, found, least, most, unit, met }) => ({
      what,
      found: `${number(found)}${unit}`,
      target: least === undefined ? `≤ ${most}${unit}` : `≥ ${least}${unit}`,
      met: met ? 'yes' : 'NO',
    })),
  );
}

/** How much faster two threads must be, and how long an online step may take where the limit is 60 GFLOP/s, µs. */
const SPEEDUPS = { '784-512-512-10 b128': 1.85, '784-128-10 b128': 1.7, '20-5-20-1 full': 1.8 };
const ONLINE = { '4-16-3 b1': 0.28, '1-10-1 b1': 0.14 };

/** "Never slower" by so much is noise on any machine. */
const NOISE = 1.02;

/** What was measured of products, tanh, the ladder and start-up, judged by `add`. */
export function judge({ products = [], tanh = [], ladder = [], firstCall, bundle }, add) {
  for (const numerics of ['strict', 'relaxed']) {
    for (const precision of ['float32', 'float64']) {
      const of = products.filter((p) => p.precision === precision && p.numerics === numerics);
      const least = (sizes) => {
        const shares = of.filter(({ size }) => sizes(size)).map(({ share }) => share * 100);
        return shares.length ? Math.min(...shares) : undefined;
      };
      const bound = { least: numerics === 'strict' ? 88 : 94 };
      add(
        `${precision} products, ${numerics}: share of the limit, the least from 192³ up`,
        least((n) => n >= 192),
        bound,
        '%',
      );
      add(
        `${precision} products, ${numerics}: share of the limit at 48³`,
        least((n) => n === 48),
        { least: 75 },
        '%',
      );
    }
  }
  for (const { numerics, precision, share } of tanh) {
    const least = precision === 'float32' ? 5 : 2;
    add(`tanh, ${precision}, ${numerics}: share of the limit's multiply-adds a second`, 100 * share.median, { least }, '%');
  }
  for (const { rung, batch, sizes, bound, times, share, limit, bandwidthShare, auto } of ladder) {
    if (sizes[0] === 784 && batch >= 32)
      add(`${rung}: products at the limit, share of the step`, share && share * 100, { least: batch >= 128 ? 82 : 72 }, '%');
    if (bound === 'bandwidth')
      add(`${rung}: bytes at the bandwidth, share of the step`, bandwidthShare && bandwidthShare * 100, { least: 70 }, '%');
    const ours = times['efficient-backprop'];
    if (rung in ONLINE && ours)
      add(`${rung}: a step, where the limit is 60 GFLOP/s`, (ours.median * 1e6 * limit) / 60, { most: ONLINE[rung] }, ' µs');
    // Slower is what is surely slower: where the whole interval is.
    if (Number.isFinite(auto?.low)) add(`${rung}: threads 'auto', times one thread, at least`, auto.low, { most: NOISE }, '×');
    const small = sizes.join() === '4,16,3';
    const hard = (sizes[0] === 784 && batch >= 32) || sizes[0] === 8;
    const least = small ? (batch === 1 ? 500 : 120) : hard ? 17 : 20;
    add(`${rung}: times faster than tfjs-wasm`, ratio(times, 'tfjs-wasm'), { least }, '×');
    if (batch === 1 && sizes[0] > 1)
      add(`${rung}: times faster than brain.js`, ratio(times, 'brain.js'), { least: small ? 3 : 20 }, '×');
  }
  add('first call (import, compile, first step)', firstCall?.median, { most: 50 }, ' ms');
  add('bundle for pages, gzipped', bundle && bundle / 1000, { most: 100 }, ' KB');
}

/** The largest of a curve's medians, as a multiple of the least. */
export const spread = (points) => Math.max(...points.map((p) => p.median)) / Math.min(...points.map((p) => p.median));

/** What was measured of growth, judged by `add`. */
export function judgeGrowth({ rows, rowsOfMore, parameters, threads = [], memory = [] }, add) {
  const perRow = (net, points) =>
    points && add(`time per row of ${net} over three decades, the most times the least`, spread(points), { most: 1.1 }, '×');
  perRow('20-32-1', rows);
  perRow('8-64-64-1', rowsOfMore);
  if (parameters)
    add('time per operation, 10⁵ to 10⁷ parameters, the most times the least', spread(parameters), { most: 1.25 }, '×');
  for (const { rung, threads: count, speedup } of threads)
    if (count === 2 && rung in SPEEDUPS)
      add(`${rung}: times faster on two threads`, speedup.median, { least: SPEEDUPS[rung] }, '×');
  for (const { name, threads: count, bytes, expected } of memory)
    add(
      `${name}, ${count === 1 ? 'one thread' : `${count} threads`}: memory, times data, parameters and activations`,
      bytes / expected,
      { most: 1.2 },
      '×',
    );
}
