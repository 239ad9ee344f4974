// A worker that decodes Parquet, within limits of time and memory.

import { builtin } from '../../../../bindings/features.js';
import { UnsupportedError } from '../../../runtime/errors.js';
import type { Slices } from '../../sources/slices.js';
import type { Report, Request } from './worker.js';

/** Milliseconds of work without a sign of life after which the worker is ended, and more for each byte that it was given. */
const PATIENCE = 1000;
const PATIENCE_PER_BYTE = 1 / 256;

/** Milliseconds between two looks at it; a machine that was asleep in between counts no more than this. */
const LOOK = 50;

/**
 * Milliseconds that this process has worked: on a busy machine a worker may have to wait for long. Pages only know what time it
 * is, a fifth of which counts.
 */
function worked(): number {
  const { process } = globalThis as { process?: Partial<NodeJS.Process> };
  if (!process?.cpuUsage) return performance.now() / 5;
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Of what it makes of a file, in MB; in pages their own limits hold. */
const MEMORY = 2048;

interface Port {
  post(request: Request): void;
  terminate(): void;
}

/** Columns of a group of rows, by name. */
export type Columns = Map<string, unknown[]>;

/** What is wrong in a column. */
export class ColumnError extends Error {
  constructor(
    message: string,
    readonly column: string | undefined,
  ) {
    super(message);
  }
}

/** Decodes a file. What it throws is an Error that says what is wrong with the file. */
export class Decoder {
  private port: Port | undefined;
  private columns: Columns = new Map();
  /** What is waited for. */
  private settle: { resolve: (report: Report) => void; reject: (error: Error) => void } | undefined;
  private reading = 0;
  private given = 0;
  private idle = 0;
  private worked = 0;

  constructor(private readonly file: Slices) {}

  /** Names of the columns, and how many rows each group has. */
  async open(): Promise<{ names: readonly string[]; groups: readonly number[] }> {
    const { default: source } = await import('../../../../build/parquet.text.js');
    this.port = started(
      source,
      (report) => this.hear(report),
      (error) => this.settle?.reject(error),
    );
    return (await this.ask({ kind: 'open', byteLength: this.file.byteLength })) as Report & { kind: 'opened' };
  }

  /** The columns of a group of rows. */
  async group(index: number): Promise<Columns> {
    this.columns = new Map();
    await this.ask({ kind: 'group', index });
    return this.columns;
  }

  async close(): Promise<void> {
    this.port?.terminate();
    await this.file.close();
  }

  private async ask(request: Request): Promise<Report> {
    this.idle = this.given = 0;
    this.worked = worked();
    const watch = setInterval(() => this.look(), LOOK);
    try {
      return await new Promise<Report>((resolve, reject) => {
        this.settle = { resolve, reject };
        this.port!.post(request);
      });
    } finally {
      clearInterval(watch);
      this.settle = undefined;
    }
  }

  private look(): void {
    const before = this.worked;
    this.worked = worked();
    if (this.reading > 0) return; // the file is slow
    this.idle += Math.min(LOOK, this.worked - before);
    if (this.idle <= PATIENCE + this.given * PATIENCE_PER_BYTE) return;
    this.settle?.reject(new Error('it takes far longer than its size explains'));
  }

  private hear(report: Report): void {
    this.idle = 0;
    if (report.kind === 'needs') void this.give(report.start, report.end);
    else if (report.kind === 'failed') this.settle?.reject(new ColumnError(report.message, report.column));
    else if (report.kind === 'opened' || report.kind === 'decoded') this.settle?.resolve(report);
    else if (report.kind === 'column') this.add(report.name, report.values);
  }

  private add(name: string, values: readonly unknown[]): void {
    const column = this.columns.get(name);
    if (column) for (const value of values) column.push(value);
    else this.columns.set(name, Array.from(values));
  }

  private async give(start: number, end: number): Promise<void> {
    this.reading++;
    try {
      const bytes = await this.file.slice(start, end);
      this.given += bytes.byteLength;
      this.port?.post({ kind: 'bytes', bytes });
    } catch (error) {
      this.settle?.reject(error as Error);
    } finally {
      this.reading--;
    }
  }
}

/** @throws UnsupportedError where there are no workers */
function started(source: string, heard: (report: Report) => void, failed: (error: Error) => void): Port {
  const threads = builtin<typeof import('node:worker_threads')>('node:worker_threads');
  if (threads) {
    const resourceLimits = { maxOldGenerationSizeMb: MEMORY };
    const worker = new threads.Worker(source, { eval: true, execArgv: [], resourceLimits });
    worker.on('message', heard);
    worker.on('error', (error: Error & { code?: string }) =>
      failed(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? new Error(`it takes more than ${MEMORY} MB of memory`) : error),
    );
    worker.on('exit', () => failed(new Error('its decoder ended early')));
    return { post: (request) => worker.postMessage(request, transferred(request)), terminate: () => void worker.terminate() };
  }
  if (typeof globalThis.Worker !== 'function')
    throw new UnsupportedError('Parquet is decoded by a worker, and there are none here');
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  const worker = new globalThis.Worker(url, { name: 'efficient-backprop Parquet' });
  worker.addEventListener('message', ({ data }) => heard(data as Report));
  worker.addEventListener('error', (event) => {
    event.preventDefault();
    const blocked = "its decoder could not be started (under a Content Security Policy, worker-src needs 'blob:')";
    failed(new Error(event.message || blocked));
  });
  const end = () => {
    worker.terminate();
    URL.revokeObjectURL(url);
  };
  return { post: (request) => worker.postMessage(request, transferred(request)), terminate: end };
}

const transferred = (request: Request) => (request.kind === 'bytes' ? [request.bytes] : []);
