// How targets become outputs of networks: what Classifier and Regressor differ in.

import type { Part } from '../../bindings/part.js';
import type { Precision, RealArray } from '../../bindings/memory.js';
import type { TargetScaling } from './rescaling.js';
import type { Head } from './head.js';
import type { Members } from './members.js';
import type { Problem } from './problem.js';

/** Learns how to code targets, from all of them at once or chunk by chunk. */
export interface CodingLearner<Targets, Coding> {
  /** @throws DataError */
  add(targets: Targets, rows: number): void;
  /** @throws DataError where there is nothing to learn */
  finish(): Coding;
  /** Weights of classes that go by how frequent these are, as plain ones. */
  classWeights?(given: unknown): unknown;
}

/** Targets as networks learn them. */
export interface CodedTargets {
  readonly t: RealArray;
  readonly classes: Uint32Array | undefined;
}

/** A coding as files have it, and apart from it what is known beside. */
export interface CodingDocument {
  readonly coding: unknown;
  readonly running: unknown;
}

/** Codes targets. `Coding` is what was learned of them: plain data, stored in model files. */
export interface TargetCoder<Targets, Coding> {
  /** What the outputs of the networks are. */
  readonly head: Head;
  /** What is to be loaded before anything else is asked. @param byClass weights of classes, as they were given */
  needed(byClass: unknown): Part<unknown>[];
  learner(): CodingLearner<Targets, Coding>;
  /** @throws DataError for what the coding does not know */
  encode(targets: Targets, coding: Coding, rows: number, precision: Precision): CodedTargets;
  /** How many outputs a coding needs. */
  outputs(coding: Coding): number;
  /** Weights of rows by class, multiplied with their own; undefined for none. @throws OptionError */
  weights(
    coding: Coding,
    classes: Uint32Array | undefined,
    w: Float64Array | undefined,
    byClass: unknown,
  ): Float64Array | undefined;
  /** A coding with what is learned about it once the networks are trained. */
  settled(coding: Coding, members: Members, problem: Problem): Coding;
  /** A coding of further targets, scaled by all so far. @throws DataError */
  following(coding: Coding, targets: Targets, rows: number): Coding;
  /** How each output is scaled; undefined where that stays. */
  scalings(coding: Coding): readonly TargetScaling[] | undefined;
  document(coding: Coding): CodingDocument;
}
