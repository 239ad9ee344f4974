// How targets are coded, read from a model file.

import { CLASSES } from '../../data/classes.js';
import { fields } from '../../format/fields.js';
import { ModelFileError } from '../../runtime/errors.js';
import { value } from '../../runtime/options.js';
import type { Head } from '../head.js';
import type { LabelCoding } from '../labels.js';
import type { NumberCoding } from '../numbers.js';
import { scaling } from './columns.js';
import { targetSpreads } from './statistics.js';

/** Codings in files; those of earlier files have no scale. */
const LABELS = {
  classes: CLASSES,
  scale: value<number | null>(
    'a number ≥ 0, or null',
    (v) => v === null || (typeof v === 'number' && v >= 0 && v < Infinity),
    null,
  ),
};

/** @throws ModelFileError */
export function labelCoding({ loss }: Head, config: Readonly<Record<string, unknown>>): LabelCoding {
  const { classes, scale } = fields('coding', LABELS, config);
  if ((scale === null) !== (loss === 'crossEntropy'))
    throw new ModelFileError(`damaged: coding.scale is ${scale} with the loss ${loss}`);
  return { classes, scale };
}

const NUMBERS = {
  scalings: value<readonly unknown[] | undefined>('a non-empty array', (v) => Array.isArray(v) && v.length > 0, undefined),
  single: value<boolean | undefined>('true or false', (v) => typeof v === 'boolean', undefined),
};

/** @throws ModelFileError */
export function numberCoding(config: Readonly<Record<string, unknown>>, running: unknown): NumberCoding {
  const { scalings: given, single } = fields('coding', NUMBERS, config);
  const scalings = given.map((s, i) => scaling(s, `coding.scalings[${i}]`));
  return { scalings, single, spreads: targetSpreads(running, scalings) };
}
