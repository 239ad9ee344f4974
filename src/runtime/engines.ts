// Engines, with what has to be loaded along with float64's.

import type { DoubleEngine, Engine, Extent, Numerics } from '../../bindings/core.js';
import { type WasmSource, compiledDouble, engineFrom, engineOf as bareEngineOf } from '../../bindings/load.js';
import type { Precision } from '../../bindings/memory.js';
import { type Part, loadAll } from '../../bindings/part.js';

/** What is done at once with float64's engine as soon as that is there, so that it has to be there as well. */
const companions = new Set<Part<unknown>>();

/** Has a part loaded whenever float64's engine is; waits for it where the engine is there already. */
export async function accompanyDouble(part: Part<unknown>): Promise<void> {
  companions.add(part);
  if (compiledDouble('fast')) await part.load();
}

/** The engine of a precision; see engineOf of bindings/load.ts. */
export function engineOf(precision: 'float64', numerics?: Numerics, extent?: Extent): Promise<DoubleEngine>;
export function engineOf(precision: Precision, numerics?: Numerics, extent?: Extent): Promise<Engine>;
export function engineOf(precision: Precision, numerics?: Numerics, extent?: Extent): Promise<Engine> {
  return accompanied(precision, bareEngineOf(precision, numerics, extent));
}

/** Takes the binary of a precision from `source`; see engineFrom of bindings/load.ts. */
export function engineOfSource(precision: Precision, numerics: Numerics, source: WasmSource): Promise<Engine> {
  return accompanied(precision, engineFrom(precision, numerics, source));
}

function accompanied(precision: Precision, engine: Promise<Engine>): Promise<Engine> {
  const loading = precision === 'float64' ? loadAll([...companions]) : undefined;
  return loading ? Promise.all([engine, loading]).then(([made]) => made) : engine;
}

/** The whole engine that computes as one does. @throws LoadError */
export async function wholeOf(engine: Engine): Promise<Engine> {
  return engine.whole ? engine : engineOf(engine.precision, engine.core.isFused() ? 'fast' : 'strict');
}
