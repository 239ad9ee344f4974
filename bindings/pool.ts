// The workers of this process, which all networks share, and how jobs are given to them.

import type { Engine } from './core.js';
import { builtin, processors, sharesMemory } from './features.js';
import { Arena, heap } from './memory.js';
import {
  ACTIVE,
  ADOPTED,
  ASLEEP,
  CLAIMS,
  COMMITTED,
  DONE,
  ENGINE,
  FAILED,
  JOB,
  MESSAGES,
  MOST_THREADS,
  NEXT,
  ORDERED,
  SERIAL,
  TASKS,
  THREADS,
  WORDS,
  commit,
  takeTasks,
  waitWhile,
} from './team.js';
import type { Orders } from './worker.js';

/** What Node.js's Worker and a page's have in common, and what they have not. */
interface Thread {
  postMessage(message: Orders): void;
  terminate(): unknown;
  unref?(): void;
  on?(event: string, listener: () => void): void;
  addEventListener?(event: string, listener: () => void): void;
}

/** Milliseconds after which workers that nobody has used end. */
const IDLE = 10_000;

/** Milliseconds after which a worker that holds a task is taken for dead, if it has also taken ten times as long as all that others did. */
const PATIENCE = 2000;

/** Why there is only one thread, where there is. */
export function withoutThreads(): string | undefined {
  if (!sharesMemory()) {
    return typeof SharedArrayBuffer === 'function'
      ? 'the page is not cross-origin isolated (it needs the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp)'
      : 'this runtime has no SharedArrayBuffer, or the page is not cross-origin isolated';
  }
  if (!heap.shared) return 'init was given a WebAssembly.Module, which has a memory of its own';
  if (typeof globalThis.Worker !== 'function' && !builtin('node:worker_threads')) return 'this runtime has no workers';
  return failure;
}

/** Why workers could not be started, once that has happened. */
let failure: string | undefined;

/** Whether this thread may sleep: the main thread of a page may not. */
const SLEEPS = typeof document === 'undefined';

async function newThread(): Promise<Thread> {
  const { default: source } = await import('../build/worker.text.js');
  const node = builtin<{ Worker: new (source: string, options: object) => Thread }>('node:worker_threads');
  if (node) return new node.Worker(source, { eval: true, execArgv: [], stdout: false });
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  const worker = new globalThis.Worker(url, { name: 'efficient-backprop' });
  worker.addEventListener('message', () => URL.revokeObjectURL(url));
  return worker as unknown as Thread;
}

/** Workers and the words that they watch. A pool that has lost a worker is replaced by a new one. */
class Pool {
  private readonly arena = new Arena();
  private readonly words: Int32Array<ArrayBuffer>;
  private readonly threads: Thread[] = [];
  private readonly engines: Engine[] = [];
  private wanted = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private used = 0;
  lost = false;

  constructor() {
    const address = this.arena.allocate(4 * WORDS);
    this.words = new Int32Array(heap.buffer, address, WORDS);
    this.words.fill(0);
  }

  /** Starts workers, so that there are `threads` with this one. They take part once they are up. */
  want(threads: number): void {
    this.used = performance.now();
    const target = Math.min(threads, MOST_THREADS) - 1;
    while (this.wanted < target) this.start(++this.wanted);
    this.timer ??= this.watch();
  }

  private start(thread: number): void {
    newThread().then(
      (worker) => {
        if (this.lost) {
          worker.terminate();
          return;
        }
        const fail = (why: string) => () => {
          failure ??= why;
          this.lost = true;
        };
        worker.on?.('error', fail('workers end with an error here'));
        worker.on?.('exit', () => (this.lost = true));
        worker.addEventListener?.(
          'error',
          fail("workers could not be started (under a Content Security Policy, worker-src needs 'blob:')"),
        );
        worker.unref?.();
        this.threads[thread] = worker;
        this.brief(worker, thread);
      },
      (error) => {
        failure ??= `workers could not be started (${error instanceof Error ? error.message : String(error)})`;
      },
    );
  }

  private brief(worker: Thread, thread: number): void {
    const modules = this.engines.map(({ module }) => module);
    const messages = Atomics.load(this.words, MESSAGES);
    worker.postMessage({ memory: heap.memory, words: this.words, thread, modules, messages });
  }

  private engineNumber(engine: Engine): number {
    const known = this.engines.indexOf(engine);
    if (known >= 0) return known;
    this.engines.push(engine);
    // Workers read messages only when they are asked to.
    Atomics.add(this.words, MESSAGES, 1);
    Atomics.add(this.words, SERIAL, 2);
    Atomics.notify(this.words, SERIAL);
    for (const [thread, worker] of this.threads.entries()) if (worker) this.brief(worker, thread);
    return this.engines.length - 1;
  }

  /** Does all tasks of a job, on up to `threads` threads. @throws what a task throws */
  run(engine: Engine, job: number, tasks: number, ordered: boolean, threads: number): void {
    const { words } = this;
    words[ENGINE] = this.engineNumber(engine);
    words[JOB] = job;
    words[TASKS] = tasks;
    words[ORDERED] = ordered ? 1 : 0;
    words[THREADS] = threads;
    words[FAILED] = 0;
    Atomics.store(words, NEXT, 0);
    Atomics.store(words, COMMITTED, 0);
    Atomics.store(words, DONE, 0);
    const started = performance.now();
    this.used = started;
    Atomics.add(words, SERIAL, 1);
    if (Atomics.load(words, ASLEEP) > 0) Atomics.notify(words, SERIAL);
    let waited = 0;
    try {
      takeTasks(words, engine.core, 0, SLEEPS, (turn) => {
        waited ||= performance.now();
        if (Atomics.load(words, FAILED) || this.overdue(started, waited)) this.adopt(engine, turn);
      });
    } finally {
      Atomics.add(words, SERIAL, 1);
      this.join(started);
    }
    if (Atomics.load(words, DONE) < tasks) this.finish(engine, tasks, ordered);
  }

  private overdue(started: number, waiting: number): boolean {
    const now = performance.now();
    return now - waiting > PATIENCE && now - started > 10 * (waiting - started);
  }

  /** Waits for those inside the job. */
  private join(started: number): void {
    const { words } = this;
    const waiting = performance.now();
    for (let inside = Atomics.load(words, ACTIVE); inside > 0; inside = Atomics.load(words, ACTIVE)) {
      waitWhile(words, ACTIVE, inside, 1, SLEEPS);
      if (this.overdue(started, waiting)) {
        this.lost = true;
        return;
      }
    }
  }

  /** Does a turn that another thread does not come to. */
  private adopt(engine: Engine, turn: number): void {
    const { words } = this;
    for (let thread = 1; thread < MOST_THREADS; thread++) {
      if (Atomics.compareExchange(words, CLAIMS + thread, turn + 1, ADOPTED) !== turn + 1) continue;
      this.lost = true;
      const own = Atomics.load(words, CLAIMS) - 1;
      engine.core.taskRun(words[JOB]!, 0, turn);
      commit(words, engine.core, 0, turn);
      Atomics.add(words, DONE, 1);
      if (own >= 0) engine.core.taskRun(words[JOB]!, 0, own); // its sums stood where the adopted ones are now
      return;
    }
  }

  /** Does what a worker has left undone. @throws Error where that was to change weights, some of which may have changed */
  private finish(engine: Engine, tasks: number, ordered: boolean): void {
    const { words } = this;
    this.lost = true;
    const left = [];
    for (let thread = 1; thread < MOST_THREADS; thread++) {
      const index = Atomics.exchange(words, CLAIMS + thread, 0) - 1;
      if (index >= 0 && index < tasks) left.push(index);
    }
    left.sort((a, b) => a - b);
    for (const index of left) {
      engine.core.taskRun(words[JOB]!, 0, index);
      if (ordered) commit(words, engine.core, 0, index);
    }
    if (Atomics.load(words, DONE) + left.length < tasks) throw new Error('a worker died and what it did is unknown');
  }

  private watch(): ReturnType<typeof setTimeout> {
    const timer = setTimeout(() => {
      this.timer = undefined;
      if (performance.now() - this.used >= IDLE) this.end();
      else this.timer = this.watch();
    }, IDLE);
    (timer as { unref?(): void }).unref?.();
    return timer;
  }

  /** Ends the workers. */
  end(): void {
    this.lost = true;
    clearTimeout(this.timer);
    for (const worker of this.threads) worker?.terminate();
    this.threads.length = 0;
  }
}

let pool: Pool | undefined;

/** How many threads can work here at all. */
export function mostThreads(): number {
  return withoutThreads() === undefined ? MOST_THREADS : 1;
}

/** How many threads 'auto' may use: as many as run at a time, without a machine's last ones, whose use by others costs more than they bring. */
export function autoThreads(): number {
  return Math.min(mostThreads(), processors(), 8);
}

function current(): Pool {
  if (pool?.lost) {
    pool.end();
    pool = undefined;
  }
  pool ??= new Pool();
  return pool;
}

/** Has workers started for jobs to come. */
export function wantThreads(threads: number): void {
  if (threads > 1) current().want(threads);
}

/** Does all tasks of a job on up to `threads` threads; sums of ordered jobs are added in the tasks' order. */
export function runJob(engine: Engine, job: number, tasks: number, ordered: boolean, threads: number): void {
  if (threads > 1 && tasks > 1) {
    current().run(engine, job, tasks, ordered, threads);
    return;
  }
  for (let index = 0; index < tasks; index++) {
    engine.core.taskRun(job, 0, index);
    if (ordered) engine.core.taskCommit(job, 0, index);
  }
}

/** Ends all workers; the next job that wants some starts others. */
export function endThreads(): void {
  pool?.end();
  pool = undefined;
}
