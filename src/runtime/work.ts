// Work that can be done here or in the background: it says step by step what takes time, and is told what came of it.

import type { Background } from '../../bindings/background.js';
import type { DoubleCore, Engine } from '../../bindings/core.js';
import type { Command } from '../../bindings/commands.js';
import { carryOutHere } from '../../bindings/threads.js';

/** What to carry out, and on how many threads. */
export interface Piece {
  readonly command: Command;
  readonly threads: number;
}

/** Work that comes to a T. */
export type Work<T> = Generator<Piece, T, number>;

/** Work that is done already. */
// biome-ignore lint/correctness/useYield: there is nothing to wait for
export function* done<T>(value: T): Work<T> {
  return value;
}

/** A call of a function of the binary. */
export function calling<Name extends keyof DoubleCore>(name: Name, ...args: Parameters<DoubleCore[Name]>): Piece {
  return { command: { kind: 'call', name, args } as Command, threads: 1 };
}

/** Calls a function of the binary. */
export function* call<Name extends keyof DoubleCore>(name: Name, ...args: Parameters<DoubleCore[Name]>): Work<number> {
  return yield calling(name, ...args);
}

/** Whether what a generator yields is to be carried out: it may have other things to say. */
export function isPiece(said: Piece | object | undefined): said is Piece {
  return said !== undefined && 'command' in said;
}

/** Goes on with work that has other things to say, here and now, to the next of them. */
export function hereUntil<Said extends object | undefined, T>(
  engine: Engine,
  work: Generator<Piece | Said, T, number>,
): IteratorResult<Said, T> {
  let step = work.next(0);
  while (!step.done && isPiece(step.value)) {
    step = work.next(carryOutHere(engine, step.value.command, step.value.threads));
  }
  return step as IteratorResult<Said, T>;
}

/** Does a piece of work here and now. */
export function workHere<T>(engine: Engine, work: Work<T>): T {
  return hereUntil<never, T>(engine, work).value;
}

/** Does a piece of work in the background, as far as it takes time. */
export async function workBehind<T>(engine: Engine, background: Background, work: Work<T>): Promise<T> {
  let step = work.next();
  while (!step.done) step = work.next(await background.carryOut(engine, step.value.command, step.value.threads));
  return step.value;
}
