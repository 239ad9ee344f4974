// What an estimator's fit has trained so far. A fit that is taken up goes the same way again, and finds here what was trained
// before.

import type { RealArray } from '../../bindings/memory.js';
import { DataError, EfficientBackpropError, OptionError } from '../runtime/errors.js';
import { crc32 } from '../runtime/crc.js';
import { type Asked, refuseDifferent, sameInWords, worded } from '../training/asked.js';
import { type Checkpoint, recordPart } from '../training/checkpoint.js';
import { type StateWriter, fitDocument } from '../format/state.js';
import type { History } from '../training/history.js';
import type { Network } from '../network/network.js';
import type { MethodState } from '../methods/method.js';
import type { EncodedRows } from './encoded.js';
import type { Recipe } from './recipe.js';

/** A training that has ended. */
export interface EndedTraining {
  /** All parameters, in the precision that the network then had. */
  readonly weights: RealArray;
  readonly history: History;
  readonly state: MethodState | undefined;
  readonly rate: number;
  readonly restarts: number;
  readonly failed: boolean;
}

/** One that was interrupted, or is under way. */
export interface OpenTraining {
  /** How often it had begun again. */
  readonly restarts: number;
  readonly checkpoint: Checkpoint;
}

/** What tells a training from the others of a fit. */
export interface TrainingKey {
  readonly problem: { readonly drawnIn: boolean };
  readonly recipe: Recipe;
  readonly network: Network;
  /** Which rows: all of them, or all but a part. */
  readonly rows: string;
}

/** Trainings of one fit, by what they are of. */
export class Journal {
  private at: { readonly key: string; readonly network: Network; restarts: number } | undefined;

  constructor(
    readonly asked: Asked,
    readonly done = new Map<string, EndedTraining>(),
    readonly begun = new Map<string, OpenTraining>(),
  ) {}

  /** What came of a training before, put in its network; undefined where it is still to be done. */
  async replayed(training: TrainingKey): Promise<EndedTraining | undefined> {
    const done = this.done.get(keyOf(training));
    if (done) await training.network.adoptWeights(done.weights);
    return done;
  }

  /** A training begins, or begins again; says where it was, if it was interrupted. */
  begin(training: TrainingKey, restarts: number): OpenTraining | undefined {
    const key = keyOf(training);
    this.at = { key, network: training.network, restarts };
    return this.begun.get(key);
  }

  /** It has ended; where it was interrupted, so that it can be taken up. */
  end(training: TrainingKey, { history, state, rate, restarts, failed }: Omit<EndedTraining, 'weights'>): void {
    const key = keyOf(training);
    const { checkpoint } = training.network.state;
    this.at = undefined;
    this.begun.delete(key);
    if (checkpoint) this.begun.set(key, { restarts, checkpoint });
    else this.done.set(key, { weights: training.network.theta.read(), history, state, rate, restarts, failed });
  }

  /** Trainings that can be taken up, with the one at work where that is between two epochs. */
  get open(): ReadonlyMap<string, OpenTraining> {
    const { at, begun } = this;
    if (!at) return begun;
    try {
      const { checkpoint } = at.network.state;
      return checkpoint ? new Map([...begun, [at.key, { restarts: at.restarts, checkpoint }]]) : begun;
    } catch (error) {
      if (error instanceof EfficientBackpropError) return begun; // in an epoch that is not interruptible: it is trained again
      throw error;
    }
  }

  /** As a model file has it. */
  document(writing: StateWriter): unknown {
    const { asked, done, open } = this;
    return {
      asked,
      done: [...done].map(([key, entry], i) => ({ key, ...doneDocument(entry, writing, `done.${i}`) })),
      open: [...open].map(([key, { restarts, checkpoint }], i) => ({
        key,
        restarts,
        fit: fitDocument(checkpoint, writing, `open.${i}`),
      })),
    };
  }
}

function doneDocument({ weights, history, state, rate, restarts, failed }: EndedTraining, writing: StateWriter, name: string) {
  writing.vector(`${name}.weights`, weights);
  const { reason, seed, choice, advice } = history;
  return {
    rate,
    restarts,
    failed,
    reason,
    seed,
    ...(choice !== undefined && { choice }),
    ...(advice !== undefined && { advice }),
    record: writing.part(`${name}.record`, recordPart(history, 0)),
    ...(state && { method: writing.method(`${name}.method`, state) }),
  };
}

function keyOf({ problem, recipe, network, rows }: TrainingKey): string {
  return JSON.stringify([problem.drawnIn, rows, network.seed, recipe]);
}

/** A model whose fit may have been interrupted. */
export interface Resumable {
  /** @internal */
  readonly interruptedFit: Journal | undefined;
}

/** What a fit that is to be taken up has trained. @throws OptionError where there is nothing to take up */
function journalToResume(call: string, resume: boolean | 'ifAny' | Resumable, own: Journal | undefined): Journal | undefined {
  if (resume === false) return undefined;
  const journal = typeof resume === 'object' ? resume.interruptedFit : own;
  if (journal || resume === 'ifAny') return journal;
  const expected = "'ifAny', which begins a fit then, or none: there is no interrupted fit to be taken up";
  throw new OptionError(`${call}.fit.resume`, resume, expected);
}

/** Options of an estimator that may differ. */
const OTHERWISE = ['threads', 'missing', 'columns', 'absent']; // of the latter, the data tell

/** What an estimator was asked, and of what rows. */
function askedOf(options: object, seed: number, { x, t, w, groups }: EncodedRows, all: number): Asked {
  const sum = (a: Float32Array | Float64Array | Uint32Array) => crc32([new Uint8Array(a.buffer, a.byteOffset, a.byteLength)]);
  const given = Object.entries(options).filter(([name, value]) => value !== undefined && !OTHERWISE.includes(name));
  return {
    rows: String(all),
    data: sum(x),
    targets: sum(t),
    sampleWeights: w ? sum(w) : 'none',
    ...(groups && { groups: sum(groups) }),
    ...Object.fromEntries(given.map(([name, value]) => [name, worded(value)])),
    seed: String(seed),
  };
}

/**
 * Refuses to take up a fit that was asked something else.
 * @throws OptionError that names the option; DataError that names the data
 */
function requireSameFit(call: string, before: Asked, now: Asked, options: Readonly<Record<string, unknown>>): void {
  for (const name of new Set([...Object.keys(before), ...Object.keys(now)])) {
    const [was, is] = [before[name] ?? 'undefined', now[name] ?? 'undefined'];
    if (sameInWords(was, is)) continue;
    if (name === 'rows') throw new DataError('rows', `there are ${is}; the fit to be resumed had ${was}`);
    if (name === 'data') throw new DataError('rows', 'differ from those of the fit to be resumed');
    if (name === 'targets' || name === 'sampleWeights' || name === 'groups')
      throw new DataError(name, 'differ from those of the fit to be resumed');
    refuseDifferent(`${call}.${name}`, options[name], is, was);
  }
}

/** Options of a fit that say whether it may be interrupted, or goes on. */
interface InterruptibleRun {
  readonly resume: boolean | 'ifAny' | Resumable;
  readonly signal: AbortSignal | undefined;
  readonly timeLimit: number;
  readonly onProgress: unknown;
}

/**
 * What a fit writes its trainings to, where it may be interrupted or is taken up; undefined where it is not worth the copies.
 * @param own that of the model's last fit
 * @param all how many rows there are, of which the encoded ones may be a sample
 * @throws OptionError, DataError where a fit is to be taken up that was asked something else, or is not there
 */
export function journalFor(
  call: string,
  { resume, signal, timeLimit, onProgress }: InterruptibleRun,
  own: Journal | undefined,
  options: object,
  seed: number,
  encoded: EncodedRows,
  all: number,
): Journal | undefined {
  const before = journalToResume(call, resume, own);
  if (!before && !signal && !onProgress && timeLimit === Infinity) return undefined;
  const asked = askedOf(options, seed, encoded, all);
  if (before) requireSameFit(call, before.asked, asked, options as Readonly<Record<string, unknown>>);
  return before ?? new Journal(asked);
}
