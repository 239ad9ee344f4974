// What a worker runs: it waits for jobs, in JavaScript, since engines never replace the slow code of a WebAssembly loop that does not end.
// The build turns this file into the text that workers are made from; nothing of the library comes with it.

import type { Core } from './core.js';
import { builtin } from './features.js';
import { ACTIVE, ASLEEP, ENGINE, FAILED, MESSAGES, SERIAL, THREADS, takeTasks, waitWhile } from './team.js';

/** What a worker is told: where the words are, which thread it is, and the binaries that jobs need. */
export interface Orders {
  readonly memory: WebAssembly.Memory;
  readonly words: Int32Array<ArrayBuffer>;
  readonly thread: number;
  readonly modules: readonly WebAssembly.Module[];
  /** How often messages were announced, this one included. */
  readonly messages: number;
}

interface Port {
  on?(event: 'message', listener: (orders: Orders) => void): void;
  onmessage?: (event: { data: Orders }) => void;
}

const cores: Core[] = [];

/** Does jobs until there is a message to be read. */
function work({ memory, words, thread, modules, messages }: Orders): void {
  for (const module of modules.slice(cores.length)) {
    cores.push(new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Core);
  }
  let seen = 0;
  while (Atomics.load(words, MESSAGES) === messages) {
    const serial = Atomics.load(words, SERIAL);
    if (serial === seen || serial % 2 === 0) {
      Atomics.add(words, ASLEEP, 1);
      waitWhile(words, SERIAL, serial, 1000, true);
      Atomics.sub(words, ASLEEP, 1);
      continue;
    }
    seen = serial;
    Atomics.add(words, ACTIVE, 1);
    try {
      const core = cores[words[ENGINE]!];
      if (Atomics.load(words, SERIAL) === serial && core && thread < words[THREADS]!) takeTasks(words, core, thread, true);
    } catch {
      Atomics.store(words, FAILED, 1); // who opened the job does the task again, and meets the error where somebody can see it
    }
    Atomics.sub(words, ACTIVE, 1);
    Atomics.notify(words, ACTIVE);
  }
}

const port = builtin<{ parentPort: Port | null }>('node:worker_threads')?.parentPort ?? (globalThis as unknown as Port);
if (port.on) port.on('message', work);
else port.onmessage = ({ data }) => work(data);
