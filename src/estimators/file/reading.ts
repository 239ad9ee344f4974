// A classifier or regressor from a model file, put together from its parts. What its classes are is handed over: this is loaded
// with what it needs of its own.

import type { ModelDocument } from '../../format/document.js';
import { readable, record } from '../../format/fields.js';
import { StateReader, withoutState } from '../../format/state-reader.js';
import { activationOf } from '../../layers/layers.js';
import { ModelFileError } from '../../runtime/errors.js';
import { engineOf } from '../../runtime/engines.js';
import type { Normalizer } from '../../data/normalize/normalizer.js';
import type { Inputs } from '../inputs.js';
import { DECORRELATING } from '../../data/normalize/loading.js';
import type { Members } from '../members.js';
import type { Specification } from '../specification.js';
import { freshState } from '../stream-state.js';
import { labelCoding, numberCoding } from './coding.js';
import { encoderSpec } from './columns.js';
import { recipeFrom } from './history.js';
import { membersFrom, membersIn } from './members.js';
import { estimatorStateFrom } from './progress.js';
import { runningFrom } from './statistics.js';
import type { EstimatorContents } from './writing.js';

/** The classes that models are made of. */
interface Classes {
  readonly Inputs: typeof Inputs;
  readonly Members: typeof Members;
}

/** The options of an estimator from a file. @throws ModelFileError */
export function optionsOf({ config }: ModelDocument): object {
  return { ...record(config['options'], 'options'), ...record(config['asked'] ?? {}, 'asked') };
}

/** What a document holds, whose parts must fit together. @throws ModelFileError */
export async function estimatorFrom<Targets, Coding>(
  { coder, kind }: Specification<Targets, Coding>,
  { config: all, tensors: every }: ModelDocument,
  classes: Classes,
): Promise<EstimatorContents<Coding>> {
  const { state, ...config } = all;
  const tensors = withoutState(every);
  const reading = new StateReader(every);
  if (state !== undefined && config['encoder'] === undefined && tensors.length === 0) {
    const { journal } = estimatorStateFrom(state, reading, 0);
    reading.end();
    return { fitted: undefined, journal };
  }
  const spec = encoderSpec(config['encoder']);
  const { columns, targets, pace } = runningFrom(config['running'], spec);
  const inputs = await classes.Inputs.restore(spec, columns, await whiteningFrom(config['whitening']));
  const written = record(config['coding'], 'coding');
  const coding = (kind === 'classifier' ? labelCoding(coder.head, written) : numberCoding(written, targets)) as Coding;
  const { recipe, history } = recipeFrom(config, membersIn(config));
  const { journal, standings: kept, seeds } = estimatorStateFrom(state, reading, membersIn(config));
  reading.end();
  const members = new classes.Members(await membersFrom({ config, tensors }, seeds));
  const { first } = members;
  const fits =
    first.inputs === inputs.count &&
    first.outputs === coder.outputs(coding) &&
    first.loss === coder.head.loss &&
    activationOf(first.layers.at(-1)!) === coder.head.activation;
  if (!fits) {
    members.dispose();
    throw new ModelFileError(`damaged: the network does not fit the columns and outputs of the ${kind}`);
  }
  const standings = members.networks.map((_, k) => kept[k] ?? freshState());
  return { fitted: { inputs, coding, members, recipe, history, standings, pace }, journal };
}

/** How inputs are decorrelated, where they are. @throws ModelFileError */
async function whiteningFrom(config: unknown): Promise<Normalizer | undefined> {
  if (config === null || config === undefined) return undefined;
  const [{ restored }, engine] = await Promise.all([DECORRELATING.load(), engineOf('float64')]);
  return readable('whitening', () => restored(engine, config));
}
