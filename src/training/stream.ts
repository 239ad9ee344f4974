// Data that come in chunks: while one is trained on, the next is asked for and copied as it arrives. Two are in linear memory at
// a time.

import { Arena } from '../../bindings/memory.js';
import { Dataset, type SampleBuffers } from '../data/dataset.js';
import { DataError, OptionError, shown, counted } from '../runtime/errors.js';
import type { Chunk, Chunks } from './chunks.js';
import type { PartState } from './checkpoint.js';
import type { StopReason } from './history.js';
import type { Interruption } from './interruption.js';
import type { FitSettings } from './options.js';
import { datasetFor, learnedFrom, samplesFor, requiredClasses } from './rows.js';
import type { FitSubject } from './subject.js';
import type { SampleSource } from './set-up.js';
import { endOf, unless } from './waiting.js';

/** A chunk in linear memory. */
interface LoadedChunk {
  readonly data: Dataset;
  readonly rows: number;
  readonly samples: SampleBuffers;
  readonly learned: SampleBuffers;
  readonly classes: Uint32Array | undefined;
  readonly weight: number;
  free(): void;
}

/** A source whose samples change from chunk to chunk. */
export class Stream implements SampleSource {
  readonly subset = undefined;
  readonly stream = this;
  /** Whether what went wrong is that a chunk could not be had, with the network still there. */
  failed = false;
  private iterator: AsyncIterator<Chunk> | Iterator<Chunk> | undefined;
  /** Whether the iterator owes an answer. */
  private waiting = false;
  /** What was asked for: a chunk, or the end of an epoch. */
  private coming: Promise<LoadedChunk | undefined> | undefined;
  /** The first chunk of the next epoch, asked for while the last of this one is at work. */
  private ahead: Promise<LoadedChunk | undefined> | undefined;
  private at: LoadedChunk | undefined;
  private readonly living = new Set<LoadedChunk>();
  private closed = false;
  /** Epochs begun by the iterators, and the number of chunks that the last of them has given. */
  private epochs = 0;
  private number = 0;
  /** Rows and their weights of the epoch at work, up to the chunk at hand. */
  private seen = 0;
  private weight = 0;
  private known: number | undefined;
  /** Of all rows of the last epoch that has ended. */
  private mean: number | undefined;

  constructor(
    private readonly subject: FitSubject,
    private readonly chunks: Chunks,
    private readonly settings: FitSettings,
    private readonly interruption: Interruption,
  ) {
    this.known = settings.rows;
  }

  get samples(): SampleBuffers {
    return this.at!.samples;
  }

  get learned(): SampleBuffers {
    return this.at!.learned;
  }

  get rows(): number {
    return this.at!.rows;
  }

  get classes(): Uint32Array | undefined {
    return this.at!.classes;
  }

  /** Rows of an epoch, once they are known: the user said, or one has ended. */
  get epochRows(): number | undefined {
    return this.known;
  }

  /** Rows of this epoch that have come so far, those at hand included. */
  get rowsSoFar(): number {
    return this.seen;
  }

  /** Of a whole epoch once one has ended, before that of the rows that have come so far. */
  get meanWeight(): number {
    return this.mean ?? this.weight / this.seen;
  }

  /** What a fit that takes this one up needs: what the epoch before has told. */
  get part(): PartState {
    return { numbers: [this.known ?? Number.NaN, this.mean ?? Number.NaN], vectors: {} };
  }

  /** Goes on where another fit was, `epochs` epochs after its start. */
  recall({ numbers }: PartState, epochs: number): void {
    const [known, mean] = numbers.map((x) => (Number.isNaN(x) ? undefined : x));
    [this.known, this.mean, this.epochs] = [known, mean, epochs];
  }

  /** Puts the first chunk of an epoch in place; says why not, where waiting was ended. */
  async begin(): Promise<StopReason | undefined> {
    this.seen = 0;
    this.weight = 0;
    this.coming = this.ahead ?? this.ask();
    this.ahead = undefined;
    const next = await this.next();
    return next === 'chunk' || next === 'end' ? undefined : next;
  }

  /**
   * Puts the next chunk in place, and asks for the one behind it; or says that the epoch has ended, or why there is no waiting.
   */
  async next(): Promise<'chunk' | 'end' | StopReason> {
    const came = await unless(this.interruption, this.coming!).catch((error: unknown) => {
      this.subject.check();
      this.failed = true;
      throw error;
    });
    if ('stop' in came) return came.stop;
    this.subject.check();
    if (!came.value) return this.end();
    this.at?.free();
    this.at = came.value;
    this.seen += this.at.rows;
    this.weight += this.at.weight;
    this.coming = this.ask();
    return 'chunk';
  }

  /** @throws DisposedError where the chunk at hand is gone */
  check(): void {
    this.at?.data.check();
  }

  /** Ends reading, and frees what is left. What the iterator throws at that is thrown. */
  async close(): Promise<void> {
    this.closed = true;
    for (const loaded of [...this.living]) loaded.free();
    const { iterator } = this;
    this.iterator = undefined;
    await endOf(iterator, this.waiting);
  }

  private end(): 'end' {
    if (!(this.weight > 0 && this.weight < Infinity)) {
      const expected = `one that leaves rows a finite weight > 0 in all; they have ${this.weight}`;
      throw new OptionError('fit.classWeights', this.settings.classWeights, expected);
    }
    this.known = this.seen;
    this.mean = this.weight / this.seen;
    return 'end';
  }

  private ask(): Promise<LoadedChunk | undefined> {
    const asked = this.take();
    asked.catch(() => {}); // whoever waits for it hears of it
    return asked;
  }

  /** The next chunk, in linear memory; undefined at the end of an epoch. */
  private async take(): Promise<LoadedChunk | undefined> {
    if (!this.iterator) {
      this.iterator = iteratorOf(this.chunks);
      this.epochs++;
      this.number = 0;
    }
    const { iterator } = this;
    this.waiting = true;
    let step: IteratorResult<Chunk>;
    try {
      step = await iterator.next();
    } catch (error) {
      this.iterator = undefined; // one that has thrown is over
      throw error;
    } finally {
      this.waiting = false;
    }
    if (this.closed) return undefined;
    if (!step.done) return this.placed(step.value, this.number++);
    this.iterator = undefined;
    if (this.number === 0) {
      const again = this.epochs > 1 ? ` in epoch ${this.epochs}: each call of the function must return a fresh one` : '';
      throw new DataError('chunks', `there are none: the iterable ended at once${again}`);
    }
    if (this.epochs < this.settings.epochs) this.ahead = this.ask();
    return undefined;
  }

  /** Copies a chunk into linear memory. @throws DataError that names the chunk */
  private placed(chunk: Chunk, number: number): LoadedChunk {
    const { subject, settings, living } = this;
    const { architecture } = subject;
    const arena = new Arena();
    let own: Dataset | undefined;
    const loaded = { free: () => {} };
    loaded.free = () => {
      arena.dispose();
      own?.dispose();
      living.delete(loaded as LoadedChunk);
    };
    try {
      let data: Dataset;
      if (chunk instanceof Dataset) {
        data = chunk;
        data.check();
      } else {
        const { X, Y, sampleWeights } = parts(chunk);
        own = datasetFor(subject, X, Y, sampleWeights);
        data = own;
      }
      if (data.inputs !== architecture.inputs) {
        throw new DataError(
          'X',
          `has ${counted(data.inputs, 'column')}, but the network has ${counted(architecture.inputs, 'input')}`,
          { row: 0 },
        );
      }
      const samples = samplesFor(subject, data, 'X', arena);
      const { rows } = data;
      const learned = learnedFrom(arena, samples, architecture, rows, settings);
      const classes = settings.order === 'interleave' ? requiredClasses(samples, architecture, rows) : undefined;
      let weight = learned.w ? 0 : rows;
      for (const w of learned.w?.view() ?? []) weight += w;
      const whole = Object.assign(loaded, { data, rows, samples, learned, classes, weight });
      living.add(whole);
      return whole;
    } catch (error) {
      loaded.free();
      if (!(error instanceof DataError)) throw error;
      const { what, detail, row, column } = error;
      throw new DataError(what, detail, { chunk: number, row, column });
    }
  }
}

/** @throws OptionError for what gives no chunks */
function iteratorOf(chunks: Chunks): AsyncIterator<Chunk> | Iterator<Chunk> {
  const given: unknown = typeof chunks === 'function' ? chunks() : chunks;
  const of = (given ?? {}) as Partial<AsyncIterable<Chunk> & Iterable<Chunk>>;
  const iterator = of[Symbol.asyncIterator]?.() ?? of[Symbol.iterator]?.();
  if (!iterator) {
    const expected = 'an async iterable of chunks, or a function that returns one';
    throw new OptionError('fit.chunks', given, expected, `fit: the function returned ${shown(given)}; expected ${expected}`);
  }
  return iterator;
}

/** @throws DataError for what is no chunk */
function parts(chunk: Exclude<Chunk, Dataset>): Extract<Chunk, { X: unknown }> {
  if (Array.isArray(chunk) && chunk.length === 2) return { X: chunk[0], Y: chunk[1] };
  if (typeof chunk === 'object' && chunk !== null && 'X' in chunk && 'Y' in chunk) return chunk;
  throw new DataError('chunks', `expected [X, Y], { X, Y, sampleWeights } or a dataset; got ${shown(chunk)}`);
}
