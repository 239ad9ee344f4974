// Arenas that belong to an object, and go when it goes: disposed of, or forgotten and collected.

import { Arena } from './memory.js';
import { turn } from './turn.js';

/**
 * Blocks of so many bytes and more are made known to the garbage collector; objects around smaller ones weigh enough themselves.
 */
const KNOWN = 4096;

/** When owners have taken so many bytes, what was forgotten gets a chance to go. */
const PRESSURE = 32 * 2 ** 20;

/** Frees the arenas of objects that were forgotten rather than disposed of. */
const forgotten = new FinalizationRegistry<Arena>((arena) => arena.dispose());

/** What owners have taken since the event loop last got a turn for them. */
let taken = 0;

/**
 * An arena of somebody's. The collector does not see bytes of linear memory: beside each block there is a buffer of its size,
 * which nobody writes to, so that it takes up addresses and no memory.
 */
class OwnedArena extends Arena {
  private readonly weights = new Map<number, ArrayBuffer>();

  /** @param blocks what outlives the owner */
  constructor(private readonly blocks: Arena) {
    super();
  }

  override allocate(bytes: number): number {
    const address = this.blocks.allocate(bytes);
    taken += bytes;
    if (bytes >= KNOWN) {
      const weight = weighing(bytes);
      if (weight) this.weights.set(address, weight);
    }
    return address;
  }

  override release(address: number): void {
    this.weights.delete(address);
    this.blocks.release(address);
  }

  override dispose(): void {
    this.weights.clear();
    this.blocks.dispose();
  }
}

/** A buffer that the collector counts; none where there is no room for its addresses. */
function weighing(bytes: number): ArrayBuffer | undefined {
  try {
    return new ArrayBuffer(bytes);
  } catch {
    return undefined;
  }
}

/** An arena that is disposed of when `owner` is garbage-collected. */
export function ownedArena(owner: object): Arena {
  const blocks = new Arena();
  forgotten.register(owner, blocks);
  return new OwnedArena(blocks);
}

/**
 * Lets what was forgotten go, if much has been taken: finalizers run between turns of the event loop, which a loop of promises
 * that are settled already never ends.
 */
export async function roomMade(): Promise<void> {
  if (taken < PRESSURE) return;
  taken = 0;
  await turn();
}
