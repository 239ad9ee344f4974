// The ladder: a training step of this package and of its peers, in turns with each other and with the machine's limits.

import os from 'node:os';
import { DEFAULT, LADDER, pairedRatio, samples, products, summary, traffic } from '../dist/bench.js';
import * as brain from './contenders/brain.mjs';
import * as jax from './contenders/jax.mjs';
import { auto, own, two } from './contenders/own.mjs';
import * as tfjs from './contenders/tfjs.mjs';
import { number, percent } from './show.mjs';
import { measure } from './rounds.mjs';

const OURS = os.availableParallelism() > 1 ? [own, two, auto] : [own, auto];
const PEERS = [tfjs.wasm, tfjs.cpu, brain, jax];

/** Who takes part in a rung: brain.js learns one sample at a time; a full batch is about threads, which only we have. */
function contendersOf({ batch, full }) {
  if (full) return OURS;
  return [...OURS, ...PEERS.filter((peer) => peer !== brain || batch === 1)];
}

/**
 * Measures rungs whose names contain `rung`, with contenders named in `only`, and prints a table for each.
 * @param limit limit loops, `bandwidth` loops over memory
 */
export async function measureSteps({ limit, bandwidth, rounds, warmup, rung: part = '', only }) {
  const ladder = [];
  for (const rung of LADDER.filter(({ name }) => name.includes(part))) {
    const data = samples(rung);
    const contenders = [];
    for (const { name, prepare } of contendersOf(rung)) {
      if (only && !only.includes(name)) continue;
      const contender = await prepare(rung, data);
      await contender.run(1);
      contenders.push({ name, contender, before: await contender.loss() });
    }
    const { read, updated, workingSet } = traffic(rung);
    const moving = [];
    const updating = [];
    const from = limit.samples[DEFAULT].float32.length;
    const between = () => {
      limit.measure('float32', DEFAULT);
      if (rung.batch !== 1) return;
      updating.push(updated / bandwidth.measure('update', workingSet));
      moving.push(updating.at(-1) + read / bandwidth.measure('read', workingSet));
    };
    const times = await measure(contenders, { rounds, warmup, between });
    const rate = summary(limit.samples[DEFAULT].float32.slice(from)).median;
    const ours = times[own.name];
    const atLimit = (2 * products(rung)) / (rate * 1e9);
    const moved = moving.length ? summary(moving).median : undefined;
    console.log(
      `\n${rung.name}: the matrix products of a step take ${number(atLimit * 1e6)} µs at the limit of ${number(rate)} GFLOP/s` +
        (moved ? `, its bytes ${number(moved * 1e6)} µs at the bandwidth of ${number(workingSet / 1024)} KB` : ''),
    );
    console.table(
      Object.fromEntries(
        Object.entries(times).map(([name, { median, low, high, samples }]) => [
          name,
          {
            'median µs': number(median * 1e6),
            'half between': `${number(low * 1e6)} – ${number(high * 1e6)}`,
            samples,
            'times ours': ours ? number(median / ours.median) : '',
            'products at limit': percent(atLimit / median),
            ...(moved && { 'bytes at bandwidth': percent(moved / median) }),
          },
        ]),
      ),
    );
    for (const { name, contender, before } of contenders) {
      const after = await contender.loss();
      if (!(after < before)) console.warn(`WARNING: ${name} did not learn: loss ${before} → ${after}`);
      contender.dispose();
    }
    const share = ours && atLimit / ours.median;
    if (share > 1) console.warn(`WARNING: ${rung.name} ran at ${percent(share)} of the limit: the limit is wrong`);
    const ratio = (a, b) => times[a.name] && times[b.name] && pairedRatio(times[a.name].medians, times[b.name].medians);
    ladder.push({
      rung: rung.name,
      sizes: rung.sizes,
      batch: rung.batch,
      bound: rung.bound,
      times,
      limit: rate,
      share,
      bandwidthShare: ours && moved && moved / ours.median,
      updateShare: ours && moved && summary(updating).median / ours.median,
      auto: ratio(auto, own),
    });
  }
  return ladder;
}
