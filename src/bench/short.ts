// The short ladder, for anybody's machine: in the command, in a page, in under half a minute.

import type { Instructions } from '../../bindings/loops.js';
import { LADDER, parameters, samples, products, traffic } from './ladder.js';
import { DEFAULT, bandwidthLoops, limitLoops } from './limit.js';
import { type Library, prepareOwn } from './own.js';
import { calibrate, timed } from './rounds.js';
import { type Summary, summary } from './statistics.js';

/** What came out of a rung. */
interface ShortRung {
  readonly rung: string;
  readonly parameters: number;
  readonly batch: number;
  readonly bound: 'multiply-adds' | 'bandwidth' | 'latency';
  /** Of a step on one thread. */
  readonly microseconds: Summary;
  /** Of a step with `threads: 'auto'`: the median. */
  readonly auto: number;
  /** The time that a step's matrix products would take at the limit of multiply-adds, as a share of the step's. */
  readonly share: number;
  /** Online: the time that its bytes would take at the bandwidth of the cache that holds them, as a share of the step's. */
  readonly bandwidthShare?: number;
}

export interface ShortReport {
  /** Fused multiply-adds ('relaxed') or not: which the networks used, and the limit is of. */
  readonly numerics: Instructions;
  /** GFLOP/s of one core. */
  readonly limit: number;
  /** GB/s of one core, by bytes of the working set. */
  readonly bandwidth: readonly { readonly bytes: number; readonly read: number; readonly update: number }[];
  readonly rungs: readonly ShortRung[];
}

export interface ShortOptions {
  /** Seconds for all rungs together; warming up takes about five more. Default 12. */
  readonly seconds?: number;
  /** Only rungs whose names contain this. */
  readonly rung?: string;
  /** Called before each rung. */
  readonly onRung?: (name: string, index: number, count: number) => void;
}

const KB = 1024;
/** Working sets that first, second and third caches and the memory hold in most machines. */
const WORKING_SETS = [16 * KB, 256 * KB, 4096 * KB, 65536 * KB];

/** The rungs that `options` ask for. The full batch stays out: making its data takes longer than it may. */
export function shortRungs({ rung = '' }: Pick<ShortOptions, 'rung'> = {}) {
  return LADDER.filter(({ name, full }) => !full && name.includes(rung));
}

/** Lets a page draw, and a process see signals. */
const breath = () => new Promise((resolve) => setTimeout(resolve, 0));

/** Measures a library's rungs and this machine's limits in turns. */
export async function shortLadder(library: Library, options: ShortOptions = {}): Promise<ShortReport> {
  const rungs = shortRungs(options);
  const limit = await limitLoops(['float32'], [DEFAULT]);
  const memory = await bandwidthLoops();
  const bandwidth = [];
  for (const bytes of WORKING_SETS) {
    await breath();
    bandwidth.push({ bytes, read: memory.measure('read', bytes) / 1e9, update: memory.measure('update', bytes) / 1e9 });
  }
  const time = (1000 * (options.seconds ?? 12)) / rungs.length;
  const call = Math.min(12, Math.max(1, time / 40));
  const results: ShortRung[] = [];
  for (const [index, rung] of rungs.entries()) {
    options.onRung?.(rung.name, index, rungs.length);
    await breath();
    const data = samples(rung);
    const entries = [];
    for (const threads of [1, 'auto'] as const) {
      const contender = await prepareOwn(library, rung, data, threads);
      entries.push({ contender, units: await calibrate(contender, time / 5, call), samples: [] as number[] });
    }
    const moved = rung.batch === 1 ? traffic(rung) : undefined;
    const rates: number[] = [];
    const shares: number[] = [];
    const end = performance.now() + (time * 3) / 5;
    do {
      limit.measure('float32', DEFAULT);
      rates.push(limit.samples[DEFAULT].float32.at(-1)!);
      for (const { contender, units, samples } of entries) samples.push(await timed(contender, units));
      if (moved) {
        const { read, updated, workingSet } = moved;
        const seconds = read / memory.measure('read', workingSet) + updated / memory.measure('update', workingSet);
        shares.push(seconds / entries[0]!.samples.at(-1)!);
      }
    } while (performance.now() < end || rates.length < 3);
    const [one, auto] = entries.map(({ samples }) => summary(samples.map((s) => 1e6 * s)));
    for (const { contender } of entries) contender.dispose();
    results.push({
      rung: rung.name,
      parameters: parameters(rung),
      batch: rung.batch,
      bound: rung.bound,
      microseconds: one!,
      auto: auto!.median,
      share: (2 * products(rung)) / (summary(rates).median * 1e3) / one!.median,
      ...(rung.bound === 'bandwidth' && { bandwidthShare: summary(shares).median }),
    });
  }
  return { numerics: DEFAULT, limit: limit.best[DEFAULT].float32, bandwidth, rungs: results };
}

const digits = (x: number) => String(Number(x.toPrecision(3)));
const percent = (x: number) => `${(100 * x).toFixed(x < 0.1 ? 1 : 0)} %`;

/**
 * A report as rows of text, the first of them headings. The share is of bandwidth where that is the bound, else of multiply-adds.
 */
export function shortTable({ rungs }: ShortReport): string[][] {
  return [
    ['step', 'µs', 'half between', "µs, 'auto'", 'share of the limit', 'bound by'],
    ...rungs.map(({ rung, microseconds: { median, low, high }, auto, share, bandwidthShare, bound }) => [
      rung,
      digits(median),
      `${digits(low)} – ${digits(high)}`,
      digits(auto),
      percent(bandwidthShare ?? share),
      bound,
    ]),
  ];
}

/** The limits of a report in one line. */
export function shortLimits({ numerics, limit, bandwidth }: ShortReport): string {
  const size = (bytes: number) => (bytes < KB * KB ? `${bytes / KB} KB` : `${bytes / KB / KB} MB`);
  const levels = bandwidth.map(({ bytes, read, update }) => `${size(bytes)}: ${digits(read)} read, ${digits(update)} updated`);
  return `${digits(limit)} GFLOP/s (${numerics === 'relaxed' ? 'fused multiply-adds' : 'strict SIMD'}); GB/s of one core at ${levels.join('; ')}`;
}
