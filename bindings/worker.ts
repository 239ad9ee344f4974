// What a worker runs: it helps with jobs, or it carries out what is to be done in the background. It waits for jobs in
// JavaScript, since engines never replace the slow code of a WebAssembly loop that does not end. The build turns this file into
// the text that workers are made from; nothing of the library comes with it.

import type { Core } from './core.js';
import { customLoss } from './custom-losses.js';
import { builtin } from './features.js';
import { leadJob } from './lead.js';
import { type Command, carryOut, doAlone } from './commands.js';
import { ACTIVE, ASLEEP, ENDED, ENGINE, FAILED, MESSAGES, SERIAL, THREADS, takeTasks, waitWhile } from './team.js';

/** What every message brings: the memory, and binaries that the worker does not have yet. */
interface Message {
  readonly memory: WebAssembly.Memory;
  readonly modules: readonly WebAssembly.Module[];
}

/** Tells a worker to help with jobs, as thread number `thread`. */
export interface Help extends Message {
  readonly kind: 'help';
  readonly words: Int32Array;
  readonly thread: number;
  /** How often messages were announced, this one included. */
  readonly messages: number;
}

/** Tells a worker to carry something out, and to answer. */
export interface Duty extends Message {
  readonly kind: 'duty';
  /** Which of the worker's binaries to use. */
  readonly engine: number;
  /** Nothing, to find out whether the worker is there. */
  readonly command: Command | undefined;
  readonly threads: number;
  /** Who helps, where anybody does: their words, and the number by which they know the engine. */
  readonly team: { readonly words: Int32Array; readonly engine: number } | undefined;
}

/** What a worker says: what came of a duty, or that the team that it leads must be ended. */
export type Answer =
  | { readonly kind: 'done'; readonly value: number }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'end' };

interface Port {
  on?(event: 'message', listener: (message: Help | Duty) => void): void;
  onmessage?: (event: { data: Help | Duty }) => void;
  postMessage(answer: Answer): void;
}

const cores: Core[] = [];
const port = builtin<{ parentPort: Port | null }>('node:worker_threads')?.parentPort ?? (globalThis as unknown as Port);

/** Does jobs until there is a message to be read. */
function help({ words, thread, messages }: Help): void {
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
      Atomics.store(words, FAILED, 1); // who leads the job does the task again, and meets the error where somebody can see it
    }
    Atomics.sub(words, ACTIVE, 1);
    Atomics.notify(words, ACTIVE);
  }
}

function serve({ memory, engine, command, threads, team }: Duty): number {
  if (!command) return 0;
  const core = cores[engine]!;
  const end = () => {
    port.postMessage({ kind: 'end' });
    Atomics.wait(team!.words, ENDED, 0, 1000);
  };
  const leading = team && { ...team, core, sleeps: true, end };
  return carryOut(command, {
    core,
    memory,
    runJob: (job, tasks, ordered) => {
      if (leading && threads > 1 && tasks > 1) leadJob(leading, job, tasks, ordered, threads);
      else doAlone(core, job, tasks, ordered);
    },
  });
}

function receive(message: Help | Duty): void {
  const { memory } = message;
  try {
    for (const module of message.modules.slice(message.kind === 'help' ? cores.length : 0)) {
      cores.push(new WebAssembly.Instance(module, { env: { memory, customLoss } }).exports as unknown as Core);
    }
    if (message.kind === 'help') help(message);
    else port.postMessage({ kind: 'done', value: serve(message) });
  } catch (error) {
    if (message.kind === 'help') throw error;
    port.postMessage({ kind: 'failed', error });
  }
}

if (port.on) port.on('message', receive);
else port.onmessage = ({ data }) => receive(data);
