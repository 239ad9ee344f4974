// Workers of any runtime, and whether there can be any.

import { builtin, isolated, sharesMemory } from './features.js';
import { heap } from './memory.js';
import type { Answer, Duty, Help } from './worker.js';

/** A worker: what Node.js's and a page's have in common. */
export interface Thread {
  post(message: Help | Duty): void;
  /** Ends it at once. */
  terminate(): void;
  /** Whether the process should wait for it. */
  hold(holds: boolean): void;
}

interface NodeWorker {
  postMessage(message: unknown): void;
  terminate(): unknown;
  ref(): void;
  unref(): void;
  on(event: string, listener: (value: unknown) => void): void;
}

/** Why workers could not be started, once that has happened. */
let failure: string | undefined;

/** How often workers ended without having been told to, or did not come back; and after how often no more are started. */
let losses = 0;
const MOST_LOSSES = 16;

/** Notes that workers were lost. */
export function noteLoss(): void {
  if (++losses >= MOST_LOSSES) failure ??= 'workers do not last here';
}

/** Why there is only one thread, where there is. */
export function withoutThreads(): string | undefined {
  if (!sharesMemory()) {
    return isolated() === false
      ? 'the page is not cross-origin isolated (it needs the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp)'
      : 'this runtime has no SharedArrayBuffer';
  }
  if (typeof globalThis.Worker !== 'function' && !builtin('node:worker_threads')) return 'this runtime has no workers';
  if (!heap.shared) return 'the binary came as a WebAssembly.Module, whose memory is not shared';
  return failure;
}

let told = false;

/** Says why there is one thread, the first time that somebody wanted more. */
export function tellWhy(): void {
  const why = withoutThreads();
  if (why === undefined || told) return;
  told = true;
  console.info(`efficient-backprop: ${why}, so it computes on one thread`);
}

/**
 * Starts a worker. It does not keep the process alive.
 * @param gone called once it has ended, unless it was told to
 */
export async function newThread(answered: (answer: Answer) => void, gone: () => void): Promise<Thread> {
  try {
    const { default: source } = await import('../build/worker.text.js');
    const node = builtin<{ Worker: new (source: string, options: object) => NodeWorker }>('node:worker_threads');
    if (!node) return pageThread(source, answered, gone);
    const worker = new node.Worker(source, { eval: true, execArgv: [], stdout: false });
    worker.on('message', (answer) => answered(answer as Answer));
    worker.on('error', () => {
      failure ??= 'workers end with an error here';
      gone();
    });
    let dismissed = false;
    worker.on('exit', () => {
      if (dismissed) return;
      noteLoss();
      gone();
    });
    worker.unref();
    return {
      post: (message) => worker.postMessage(message),
      terminate: () => {
        dismissed = true;
        void worker.terminate();
      },
      hold: (holds) => (holds ? worker.ref() : worker.unref()),
    };
  } catch (error) {
    failure ??= `workers could not be started (${error instanceof Error ? error.message : String(error)})`;
    throw error;
  }
}

function pageThread(source: string, answered: (answer: Answer) => void, gone: () => void): Thread {
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  const worker = new globalThis.Worker(url, { name: 'efficient-backprop' });
  worker.addEventListener('message', ({ data }) => answered(data as Answer));
  worker.addEventListener('error', () => {
    failure ??= "workers could not be started (under a Content Security Policy, worker-src needs 'blob:')";
    gone();
  });
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  return { post: (message) => worker.postMessage(message), terminate: () => worker.terminate(), hold: () => {} };
}
