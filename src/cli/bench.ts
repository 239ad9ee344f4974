// bench: how fast training is on this machine, and what share of the machine's own limits that is.

import os from 'node:os';
import manifest from '../../package.json' with { type: 'json' };
import { slugOf } from '../bench/machine.js';
import { shortLadder, shortLimits, shortRungs, shortTable } from '../bench/short.js';
import * as library from '../index.js';
import { UsageError } from './failure.js';
import { grid } from './show.js';
import { redraws, tell, tellJson } from './terminal.js';

export interface BenchOptions {
  readonly seconds?: number;
  readonly rung?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** What runs this, and its version. */
function runtime(): { runtime: string; version: string } {
  const { versions } = process as { versions: Record<string, string | undefined> };
  const name = versions['bun'] ? 'bun' : versions['deno'] ? 'deno' : 'node';
  return { runtime: name, version: versions[name]! };
}

/** @throws UsageError where no rung has such a name */
export async function bench({ seconds, rung, json, quiet }: BenchOptions): Promise<void> {
  if (shortRungs({ rung: rung ?? '' }).length === 0) {
    const names = shortRungs().map(({ name }) => name);
    throw new UsageError(`--rung ${rung}: no rung has this name; there are ${names.join(', ')}`);
  }
  const machine = { cpu: os.cpus()[0]?.model ?? '', cores: os.availableParallelism(), ...runtime() };
  const progress = !json && !quiet && redraws();
  const report = await shortLadder(library, {
    ...(seconds !== undefined && { seconds }),
    ...(rung !== undefined && { rung }),
    ...(progress && {
      onRung: (name: string, i: number, n: number) => process.stderr.write(`\r\x1b[Kmeasuring ${name} (${i + 1} of ${n})`),
    }),
  });
  if (progress) process.stderr.write('\r\x1b[K');
  if (json) {
    const heading = { version: manifest.version, date: new Date().toISOString(), kind: slugOf(machine), machine };
    tellJson({ ...heading, ...report });
    return;
  }
  const { cpu, cores, runtime: name, version } = machine;
  tell(
    `${cpu || 'unknown processor'}, ${cores} ${cores === 1 ? 'core' : 'cores'}, ${name} ${version}, efficient-backprop ${manifest.version}\n` +
      `limits of one core: ${shortLimits(report)}\n\n${grid(shortTable(report))}`,
  );
}
