// How a fit is to go, where that is left to the library.

import { Dataset } from '../data/dataset.js';
import { type MatrixLike, matrix } from '../data/matrix.js';
import { Part } from '../../bindings/part.js';
import type { Method } from '../methods/method.js';
import type { Architecture } from '../plan/plan.js';
import type { FitOptions } from './options.js';
import { type Chunks, isChunks } from './chunks.js';

/** How a fit is to go, and why, where that was left to the library. */
export interface Decision {
  readonly given: (FitOptions & { method?: Method }) | undefined;
  readonly choice?: string;
  /** Whether nothing was said, so that the rate may be lowered. */
  readonly byDefault: boolean;
}

const CHOOSING = new Part('choosing a method', () => import('./auto.js'));

/** What is fitted. */
interface NetworkShape {
  readonly architecture: Architecture;
  readonly parameters: number;
  readonly outputs: number;
}

const isRecord = (v: unknown) => typeof v === 'object' && v !== null && !Array.isArray(v);

/**
 * The options with a method, and why it, where it was left to the library.
 * @param lowered how often the rate of a default fit has been lowered
 */
export async function decide(
  { architecture, parameters, outputs }: NetworkShape,
  X: MatrixLike | Dataset | Chunks,
  options: FitOptions | undefined,
  lowered: number,
): Promise<Decision> {
  const rows = () => (isChunks(X) ? Infinity : X instanceof Dataset ? X.rows : matrix(X, 'X').rows);
  if (options?.method !== 'auto') {
    const given = options as (FitOptions & { method?: Method }) | undefined;
    const open = options === undefined || (isRecord(options) && options.method === undefined && options.epochs === undefined);
    const byDefault =
      open && !isChunks(X) ? (await CHOOSING.load()).smallSet(architecture, rows(), options ?? {}, lowered) : undefined;
    return byDefault ? { given: byDefault.options, choice: byDefault.because, byDefault: true } : { given, byDefault: false };
  }
  const { l1, clip, average, batchSize } = options;
  const around = { l1: (l1 ?? 0) > 0, clip: clip !== undefined, average: average !== undefined };
  const extra = Object.entries(around).find(([, used]) => used)?.[0];
  const { choose } = await CHOOSING.load();
  const { method, because } = choose({
    architecture,
    parameters,
    rows: rows(),
    outputs,
    firstOrder:
      extra ??
      (isChunks(X) ? 'data in chunks' : undefined) ??
      (batchSize !== undefined && batchSize !== 'full' ? 'a batch size' : undefined),
  });
  return { given: { ...options, method }, choice: because, byDefault: false };
}
