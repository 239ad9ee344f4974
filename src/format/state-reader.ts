// Where training can be taken up, read from a model file.

import type { RealArray } from '../../bindings/memory.js';
import { ModelFileError } from '../runtime/errors.js';
import { type Checkpoint, type NetworkState, PART_NAMES, type PartState, type PartStates } from '../training/checkpoint.js';
import { STOP_REASONS, type StopReason } from '../training/history.js';
import type { MethodState } from '../methods/method.js';
import { oneOf, value } from '../runtime/options.js';
import { COUNT, fields, OPTIONAL_OBJECT, FLAG, record } from './fields.js';
import type { Tensor } from './safetensors.js';
import { PREFIX } from './state.js';

const PART = {
  numbers: COUNT,
  vectors: value<object | undefined>('an object', (v) => typeof v === 'object' && v !== null, undefined),
};

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
export function stateFrom(config: unknown, tensors: readonly Tensor[], parameters: number): NetworkState {
  const reading = new StateReader(tensors);
  const { memory, fit } = config === undefined ? { memory: null, fit: null } : fields('state', STATE, config);
  const state = {
    memory: memory === null ? undefined : reading.method('memory', memory),
    checkpoint: fit === null ? undefined : fitFrom(fit, reading, parameters, 'fit'),
  };
  reading.end();
  return state;
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
