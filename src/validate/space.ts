// Random settings: where they are drawn from.

import type { Engine } from '../../bindings/core.js';
import { Arena, Words } from '../../bindings/memory.js';
import { Purpose, halves } from '../runtime/random.js';

/** Numbers between bounds, evenly spread, or with `log` by their logarithm. */
export interface Range {
  readonly min: number;
  readonly max: number;
  /** Whether each power of ten is as likely as the next: min > 0 then. Default false. */
  readonly log?: boolean;
  /** Whether they are integers, both bounds among them. Default false. */
  readonly integer?: boolean;
}

/** Where each setting is drawn from. */
export type Space = Readonly<Record<string, readonly unknown[] | Range | ((random: () => number) => unknown)>>;

/** One draw of a space. */
export type Drawn<S extends Space> = {
  -readonly [K in keyof S]: S[K] extends readonly (infer T)[] ? T : S[K] extends (random: () => number) => infer T ? T : number;
};

/** Draws settings. */
export type Draws<S extends Space> = () => Drawn<S>;

function isRange(v: unknown): boolean {
  if (typeof v !== 'object' || v === null) return false;
  const { min, max, log = false, integer = false, ...others } = v as Range;
  const areKnown = Object.keys(others).length === 0 && typeof log === 'boolean' && typeof integer === 'boolean';
  const isWide = Number.isFinite(min) && Number.isFinite(max) && min < max && (!log || min > 0);
  return areKnown && isWide && (!integer || Math.ceil(min) <= Math.floor(max));
}

/** Whether settings can be drawn from what somebody gave. */
export function isSpace(v: unknown): boolean {
  if (typeof v !== 'object' || v === null || Array.isArray(v)) return false;
  return Object.values(v).every((from) => (Array.isArray(from) ? from.length > 0 : typeof from === 'function' || isRange(from)));
}

/** Numbers from 0 to 1, 1 excluded, the same for the same seed. */
function uniforms({ core }: Engine, seed: number): () => number {
  const [low, high] = halves(seed);
  const BLOCK = 64;
  let block: Uint32Array = new Uint32Array(0);
  let at = 0;
  let round = 0;
  return () => {
    if (at === block.length) {
      const arena = new Arena();
      const words = new Words(arena, BLOCK);
      core.words(BLOCK, low, high, Purpose.search, round++, 0, words.address);
      block = words.view().slice();
      arena.dispose();
      at = 0;
    }
    return block[at++]! / 2 ** 32;
  };
}

function between({ min, max, log = false, integer = false }: Range, share: number): number {
  const [low, high] = integer ? [Math.ceil(min) - 0.5, Math.floor(max) + 0.5] : [min, max];
  // Bounds of integers on a logarithmic scale begin half a step below the first.
  const drawn = log ? low * (high / low) ** share : low + share * (high - low);
  return integer ? Math.min(Math.max(Math.round(drawn), Math.ceil(min)), Math.floor(max)) : Math.min(drawn, max);
}

/** Draws of a space, the same for the same seed. */
export function drawsOf<S extends Space>(engine: Engine, space: S, seed: number): Draws<S> {
  const random = uniforms(engine, seed);
  return () =>
    Object.fromEntries(
      Object.entries(space).map(([name, from]) => {
        if (typeof from === 'function') return [name, from(random)];
        const share = random();
        if (Array.isArray(from)) return [name, (from as readonly unknown[])[Math.floor(share * from.length)]];
        return [name, between(from as Range, share)];
      }),
    ) as Drawn<S>;
}
