// Workers that carry commands out while this thread does something else.

import type { Engine } from './core.js';
import { WorkerLostError } from './errors.js';
import { heap } from './memory.js';
import type { Command } from './commands.js';
import { IDLE, giveUpTeam, teamOf } from './pool.js';
import { type Thread, newThread, tellWhy, withoutThreads } from './thread.js';
import type { Answer, Duty } from './worker.js';

/** Milliseconds in which a worker has ended that was told to. */
const GRACE = 20;

/** A worker of one's own. It carries out one command at a time. */
export class Background {
  private thread!: Thread;
  private gone = false;
  /** The binaries that it has. */
  private readonly engines: Engine[] = [];
  private waiting: { resolve(value: number): void; reject(error: unknown): void } | undefined;
  private team: Int32Array | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  private constructor() {}

  /** A worker, one that is idle or a new one; undefined where there can be none, which is said. */
  static async hire(): Promise<Background | undefined> {
    for (let one = idle.pop(); one; one = idle.pop()) {
      clearTimeout(one.timer);
      if (!one.gone) return one;
    }
    if (withoutThreads() !== undefined) {
      tellWhy();
      return undefined;
    }
    const made = new Background();
    try {
      made.thread = await newThread(
        (answer) => made.answered(answer),
        () => made.lose(),
      );
      await made.send(undefined, undefined, 1);
      return made;
    } catch {
      made.thread?.terminate();
      tellWhy();
      return undefined;
    }
  }

  /** Carries a command out, with the help of `threads` − 1 others. @throws what it throws; WorkerLostError */
  carryOut(engine: Engine, command: Command, threads: number): Promise<number> {
    return this.send(engine, command, threads);
  }

  private send(engine: Engine | undefined, command: Command | undefined, threads: number): Promise<number> {
    return new Promise((resolve, reject) => {
      if (this.gone) {
        reject(lost());
        return;
      }
      let number = engine ? this.engines.indexOf(engine) : 0;
      const modules: WebAssembly.Module[] = [];
      if (engine && number < 0) {
        number = this.engines.push(engine) - 1;
        modules.push(engine.module);
      }
      const shared = engine && threads > 1 ? teamOf(engine, threads) : undefined;
      const team = shared && { words: shared.words, engine: shared.engine };
      this.team = team?.words;
      this.waiting = { resolve, reject };
      this.thread.hold(true);
      const duty: Duty = { kind: 'duty', memory: heap.memory, modules, engine: number, command, threads, team };
      this.thread.post(duty);
    });
  }

  private answered(answer: Answer): void {
    if (answer.kind === 'end') {
      if (this.team) giveUpTeam(this.team);
      return;
    }
    const { waiting } = this;
    this.waiting = undefined;
    this.thread.hold(false);
    if (answer.kind === 'done') waiting?.resolve(answer.value);
    else waiting?.reject(answer.error);
  }

  private lose(): void {
    this.gone = true;
    if (this.team) giveUpTeam(this.team); // it may have led it
    const { waiting } = this;
    this.waiting = undefined;
    // Those that helped are told to end, and are given the time to: memory will be freed that they write to.
    if (waiting) setTimeout(() => waiting.reject(lost()), GRACE);
  }

  /** Gives the worker back. It stays for a while, for whoever is next. */
  release(): void {
    if (this.gone) return;
    idle.push(this);
    this.timer = setTimeout(() => {
      idle.splice(idle.indexOf(this), 1);
      this.gone = true;
      this.thread.terminate();
    }, IDLE);
    (this.timer as { unref?(): void }).unref?.();
  }
}

/** Workers that nobody uses. */
const idle: Background[] = [];

function lost(): WorkerLostError {
  return new WorkerLostError('the worker of this background fit has ended; the weights are those of the last epoch');
}
