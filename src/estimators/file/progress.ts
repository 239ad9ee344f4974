// Where an estimator's training can be taken up, read from a model file: what a fit has trained so far, and what partialFit goes
// on from.

import { ModelFileError } from '../../runtime/errors.js';
import type { StreamState } from '../stream-state.js';
import { type EndedTraining, Journal, type OpenTraining } from '../journal.js';
import { recordFrom } from '../../training/checkpoint.js';
import { type History, STOP_REASONS } from '../../training/history.js';
import { number, oneOf, value } from '../../runtime/options.js';
import { SEED } from '../../runtime/random.js';
import type { EstimatorState } from './writing.js';
import { COUNT, fields, LIST, FLAG, list, OPTIONAL_OBJECT, OPTIONAL_LIST, record, TEXT } from '../../format/fields.js';
import { type StateReader, fitFrom, isWords } from '../../format/state-reader.js';

const STATE = {
  fit: OPTIONAL_OBJECT,
  standings: OPTIONAL_LIST,
  seeds: value<readonly number[]>('an array of seeds', (v) => Array.isArray(v) && v.every(number(SEED, undefined).accepts), []),
};

/** @param networks how many there are, 0 in a file of a fit that has come to no model yet. @throws ModelFileError */
export function estimatorStateFrom(config: unknown, reading: StateReader, networks: number): EstimatorState {
  if (config === undefined) return { journal: undefined, standings: [], seeds: [] };
  const { fit, standings, seeds } = fields('state', STATE, config);
  if (standings.length !== 0 && standings.length !== networks)
    throw new ModelFileError(`damaged: there are ${standings.length} states of ${networks} networks`);
  if (seeds.length !== 0 && seeds.length !== networks)
    throw new ModelFileError(`damaged: there are ${seeds.length} seeds of ${networks} networks`);
  return {
    journal: fit === null ? undefined : journalFrom(fit, reading),
    standings: standings.map((one, k) => standingFrom(one, reading, `standings.${k}`)),
    seeds,
  };
}

const STANDING = {
  loss: number({ min: 0 }, undefined),
  good: FLAG,
  method: OPTIONAL_OBJECT,
};

function standingFrom(config: unknown, reading: StateReader, name: string): StreamState {
  const { loss, good, method } = fields(`state.${name}`, STANDING, config);
  const state = method === null ? undefined : reading.method(`${name}.method`, method);
  return { loss, good: good ? reading.vector(`${name}.good`) : undefined, state };
}

const words = value<string>('a string', (v) => typeof v === 'string', '');
const JOURNAL = { asked: value<object | undefined>('an object of strings', isWords, undefined), done: LIST, open: LIST };
const DONE = {
  key: TEXT,
  rate: number({ above: 0, below: Infinity }, undefined),
  restarts: COUNT,
  failed: FLAG,
  reason: oneOf(STOP_REASONS, undefined),
  seed: number(SEED, undefined),
  choice: words,
  advice: words,
  record: OPTIONAL_OBJECT,
  method: OPTIONAL_OBJECT,
};
const OPEN = { key: TEXT, restarts: COUNT, fit: OPTIONAL_OBJECT };

/** @throws ModelFileError */
function journalFrom(config: unknown, reading: StateReader): Journal {
  const { asked, done, open } = fields('state.fit', JOURNAL, config);
  const ended = list(done, 'state.fit.done').map((entry, i): [string, EndedTraining] => doneFrom(entry, reading, `done.${i}`));
  const begun = list(open, 'state.fit.open').map((entry, i): [string, OpenTraining] => {
    const { key, restarts, fit } = fields(`state.fit.open[${i}]`, OPEN, entry);
    return [key, { restarts, checkpoint: fitFrom(record(fit, 'state.fit.open'), reading, undefined, `open.${i}`) }];
  });
  return new Journal(asked as Journal['asked'], new Map(ended), new Map(begun));
}

function doneFrom(config: unknown, reading: StateReader, name: string): [string, EndedTraining] {
  const { key, rate, restarts, failed, ...given } = fields(`state.fit.${name}`, DONE, config);
  const weights = reading.vector(`${name}.weights`);
  const part = reading.part(`${name}.record`, given.record);
  if (![4, 6].includes(part.numbers.length) || !part.vectors['loss'] || !weights.every(Number.isFinite))
    throw new ModelFileError(`damaged: the state of ${name} is not a record of a training`);
  const history: History = {
    ...recordFrom(part, given.seed),
    reason: given.reason,
    ...(given.choice && { choice: given.choice }),
    ...(given.advice && { advice: given.advice }),
  };
  const state = given.method === null ? undefined : reading.method(`${name}.method`, given.method);
  return [key, { weights, history, state, rate, restarts, failed }];
}
