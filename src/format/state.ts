// Where training can be taken up, in a model file: what is numbers in tensors of their own, `state.…`, so that no bit is lost,
// and the rest in the configuration, under `state`.

import type { RealArray } from '../../bindings/memory.js';
import { ModelFileError } from '../runtime/errors.js';
import { type Checkpoint, PART_NAMES, type PartState, type PartStates } from '../training/checkpoint.js';
import { STOP_REASONS, type StopReason } from '../training/history.js';
import type { MethodState } from '../methods/method.js';
import { oneOf, value } from '../runtime/options.js';
import { COUNT, fields, OPTIONAL_OBJECT, FLAG, record } from './fields.js';
import type { StateParts } from './network.js';
import type { Tensor } from './safetensors.js';

/** What the names of all its tensors begin with. */
const PREFIX = 'state.';

const PART = {
  numbers: COUNT,
  vectors: value<object | undefined>('an object', (v) => typeof v === 'object' && v !== null, undefined),
};

/** Tensors as they are put together. */
export class StateWriter {
  readonly tensors: Tensor[] = [];

  /** A vector under a name. */
  vector(name: string, data: RealArray): void {
    this.tensors.push({ name: PREFIX + name, shape: [data.length], data });
  }

  /** Numbers and vectors; what the configuration says of them, so that none can be missing. */
  part(name: string, { numbers, vectors }: PartState): unknown {
    this.vector(name, Float64Array.from(numbers));
    for (const [own, data] of Object.entries(vectors)) this.vector(`${name}.${own}`, data);
    const lengths = Object.fromEntries(Object.entries(vectors).map(([own, { length }]) => [own, length]));
    return { numbers: numbers.length, vectors: lengths };
  }

  method(name: string, { method, epoch, step, samples, batchSize, memory, vectors, progress = [] }: MethodState): unknown {
    const numbers = [epoch, step, samples, batchSize, memory.length, ...memory, ...progress];
    return { name: method, part: this.part(name, { numbers, vectors }) };
  }
}

/** Tensors of a file's state, by name, as they are taken. */
export class StateReader {
  private readonly left: Map<string, RealArray>;

  constructor(tensors: readonly Tensor[]) {
    this.left = new Map(tensors.filter(isState).map(({ name, data }) => [name.slice(PREFIX.length), data]));
  }

  /** @throws ModelFileError where it is missing, or of another length */
  vector(name: string, length?: number): RealArray {
    const data = this.left.get(name);
    this.left.delete(name);
    if (!data) throw new ModelFileError(`damaged: tensor ${PREFIX}${name} is missing`);
    if (length !== undefined && data.length !== length)
      throw new ModelFileError(`damaged: tensor ${PREFIX}${name} has ${data.length} numbers; expected ${length}`);
    return data;
  }

  /** @throws ModelFileError */
  part(name: string, config: unknown): PartState {
    const { numbers, vectors } = fields(`state of ${name}`, PART, config);
    const own = Object.entries(vectors).map(([vector, length]) => [vector, this.vector(`${name}.${vector}`, length as number)]);
    return { numbers: [...this.vector(name, numbers)], vectors: Object.fromEntries(own) as PartState['vectors'] };
  }

  /** @throws ModelFileError */
  method(name: string, config: unknown): MethodState {
    const { name: method, part } = record(config, `state of ${name}`);
    const { numbers, vectors } = this.part(name, part);
    const [epoch, step, samples, batchSize, count, ...rest] = numbers as [number, number, number, number, number, ...number[]];
    const counts = [epoch, step, samples, batchSize, count];
    if (typeof method !== 'string' || !counts.every((n) => n >= 0) || rest.length < count)
      throw new ModelFileError(`damaged: the state of ${name} has no method, or not its numbers`);
    const progress = rest.slice(count);
    const own = { method, epoch, step, samples, batchSize, memory: rest.slice(0, count), vectors };
    return progress.length > 0 ? { ...own, progress } : own;
  }

  /** @throws ModelFileError for tensors that nobody has asked for */
  end(): void {
    const [other] = this.left.keys();
    if (other !== undefined)
      throw new ModelFileError(`damaged: there is a tensor ${PREFIX}${other}, of which the configuration says nothing`);
  }
}

const isState = ({ name }: Tensor) => name.startsWith(PREFIX);

/** The tensors of a model itself. */
export function withoutState(tensors: readonly Tensor[]): Tensor[] {
  return tensors.filter((tensor) => !isState(tensor));
}

/** What a network goes on from. */
export interface NetworkState {
  /** What `partialFit` goes on from. */
  readonly memory: MethodState | undefined;
  /** The fit to be taken up. */
  readonly checkpoint: Checkpoint | undefined;
}

/** A network's state as a file has it. */
export function stateParts({ memory, checkpoint }: NetworkState): StateParts {
  const writing = new StateWriter();
  const config = {
    ...(memory && { memory: writing.method('memory', memory) }),
    ...(checkpoint && { fit: fitDocument(checkpoint, writing, 'fit') }),
  };
  return { config, tensors: writing.tensors };
}

/** The configuration of a fit that can be taken up. */
export function fitDocument(
  { asked, stop, lowered, waited, before, weights, method, parts }: Checkpoint,
  writing: StateWriter,
  name: string,
): unknown {
  writing.vector(`${name}.weights`, weights);
  if (before) writing.vector(`${name}.before`, before);
  return {
    asked,
    ...(stop && { stop }),
    lowered,
    waited,
    before: before !== undefined,
    ...(method && { method: writing.method(`${name}.method`, method) }),
    ...Object.fromEntries(PART_NAMES.map((part) => [part, writing.part(`${name}.${part}`, parts[part])])),
  };
}

const STATE = { memory: OPTIONAL_OBJECT, fit: OPTIONAL_OBJECT };
const FIT = {
  asked: value<object | undefined>('an object of strings', isWords, undefined),
  stop: oneOf([...STOP_REASONS, 'none'], 'none'),
  lowered: COUNT,
  waited: FLAG,
  before: FLAG,
  method: OPTIONAL_OBJECT,
  ...(Object.fromEntries(PART_NAMES.map((part) => [part, PART.vectors])) as Record<
    (typeof PART_NAMES)[number],
    typeof PART.vectors
  >),
};

export function isWords(v: unknown): boolean {
  return typeof v === 'object' && v !== null && Object.values(v).every((word) => typeof word === 'string');
}

/** How many numbers parts have. */
const NUMBERS = { record: [4, 6], snapshot: [3], growth: [3], patience: [6], stream: [0, 2] };

/**
 * What a network of so many parameters, running statistics included, goes on from.
 * @throws ModelFileError
 */
export function stateFrom(config: unknown, reading: StateReader, parameters: number): NetworkState {
  if (config === undefined) return { memory: undefined, checkpoint: undefined };
  const { memory, fit } = fields('state', STATE, config);
  return {
    memory: memory === null ? undefined : reading.method('memory', memory),
    checkpoint: fit === null ? undefined : fitFrom(fit, reading, parameters, 'fit'),
  };
}

/** @param parameters how many there are, running statistics included, where that is known. @throws ModelFileError */
export function fitFrom(config: object, reading: StateReader, parameters: number | undefined, name: string): Checkpoint {
  const { asked, stop, lowered, waited, before, method, ...given } = fields('state.fit', FIT, config);
  const parts = Object.fromEntries(PART_NAMES.map((part) => [part, reading.part(`${name}.${part}`, given[part])])) as PartStates;
  for (const part of PART_NAMES) {
    const { length } = parts[part].numbers;
    if (!NUMBERS[part].includes(length)) throw new ModelFileError(`damaged: the state of ${name}.${part} has ${length} numbers`);
  }
  const weights = reading.vector(`${name}.weights`, parameters);
  const { record: history, snapshot } = parts;
  const [epochs] = history.numbers;
  const lists = Object.values(history.vectors).every(({ length }) => length === 0 || length === epochs);
  const copies = Object.values(snapshot.vectors).every(({ length }) => length === weights.length);
  if (!lists || !history.vectors['loss'] || !copies || !snapshot.vectors['start'] || !weights.every(Number.isFinite))
    throw new ModelFileError(`damaged: the state of ${name} does not fit the network, or its epochs`);
  return {
    asked: asked as Checkpoint['asked'],
    stop: stop === 'none' ? undefined : (stop as StopReason),
    lowered,
    waited,
    before: before ? reading.vector(`${name}.before`, weights.length) : undefined,
    weights,
    method: method === null ? undefined : reading.method(`${name}.method`, method),
    parts,
  };
}
