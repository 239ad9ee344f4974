// What kind of machine a run was made on: results are kept by it.

/** A kind of machine and what ran on it. */
export interface Machine {
  /** As the system names it. */
  readonly cpu: string;
  readonly cores: number;
  /** 'node', 'bun', 'deno', 'chrome', … */
  readonly runtime: string;
  /** Its version; the first number counts. */
  readonly version: string;
}

/** A name for files: processor, cores, and the runtime with its major version, such as `amd-epyc-2c-node20`. */
export function slugOf({ cpu, cores, runtime, version }: Machine): string {
  const plain = cpu
    .toLowerCase()
    .replace(/\((r|tm|c)\)|[®™©]/g, ' ')
    .replace(/@.*$/, ' ') // the clock, which the model's name settles
    .replace(/\b\d+-core\b|\b(processor|cpu|apu|with radeon.*)\b/g, ' ')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  const major = /^\D*(\d+)/.exec(version)?.[1] ?? '';
  return `${plain || 'unknown'}-${cores}c-${runtime.toLowerCase().replace(/[^a-z0-9]+/g, '')}${major}`;
}
