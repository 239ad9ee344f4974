// Where a model's topology and weights are: in artifacts, or among files.

import { list, record } from '../../../../format/fields.js';
import { ModelFileError, OptionError, shown } from '../../../../runtime/errors.js';
import type { TfjsFiles, TfjsReadable } from '../types.js';
import type { WeightGroup } from './weights.js';

/** A model before it is looked into. */
export interface Source {
  readonly topology: unknown;
  readonly training: unknown;
  readonly groups: readonly WeightGroup[];
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  if (pieces.length === 1) return pieces[0]!;
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

function bytesOf(data: unknown, what: string): Uint8Array {
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  // Of any realm: an ArrayBuffer of another window or a Jest environment is no instance of ours.
  if (Object.prototype.toString.call(data) === '[object ArrayBuffer]') return new Uint8Array(data as ArrayBuffer);
  throw new ModelFileError(`${what} is ${shown(data)}; expected bytes`);
}

function parsed(text: unknown, what: string): unknown {
  try {
    return JSON.parse(typeof text === 'string' ? text : new TextDecoder('utf-8', { fatal: true }).decode(bytesOf(text, what)));
  } catch (cause) {
    if (cause instanceof ModelFileError) throw cause;
    throw new ModelFileError(`${what} is no JSON: ${(cause as Error).message}`, { cause });
  }
}

const own = (object: object, name: string): unknown => (Object.hasOwn(object, name) ? Reflect.get(object, name) : undefined);

function fromFiles(files: object): Source {
  const json = record(parsed(own(files, 'model.json'), 'model.json'), 'model.json');
  const groups = list(json['weightsManifest'], 'weightsManifest').map((group, i) => {
    const { paths, weights } = record(group, `weightsManifest[${i}]`);
    const pieces = list(paths, `weightsManifest[${i}].paths`).map((path) => {
      const bytes = typeof path === 'string' ? own(files, path) : undefined;
      if (bytes === undefined) throw new ModelFileError(`${shown(path)}, a file of weights, is missing`);
      return bytesOf(bytes, `the file ${shown(path)}`);
    });
    return { specs: weights, bytes: joined(pieces) };
  });
  return { topology: json['modelTopology'], training: json['trainingConfig'], groups };
}

function fromArtifacts(artifacts: object): Source {
  const data = own(artifacts, 'weightData');
  const pieces = (Array.isArray(data) ? data : [data]).map((piece) => bytesOf(piece, 'weightData'));
  const topology = own(artifacts, 'modelTopology');
  return {
    topology: typeof topology === 'object' ? topology : parsed(topology, 'modelTopology'),
    training: own(artifacts, 'trainingConfig'),
    groups: [{ specs: own(artifacts, 'weightSpecs'), bytes: joined(pieces) }],
  };
}

/** @throws ModelFileError, OptionError */
export function sourceOf(given: TfjsReadable | TfjsFiles): Source {
  if (typeof given === 'object' && given !== null) {
    if (Object.hasOwn(given, 'model.json')) return fromFiles(given);
    if (Object.hasOwn(given, 'modelTopology')) return fromArtifacts(given);
  }
  throw new OptionError(
    'fromTfjsArtifacts.model',
    given,
    "artifacts with a modelTopology, or files with a 'model.json' among them",
  );
}
