// A classifier or regressor in a model file, put together from its parts.

import type { ModelDocument } from '../../format/document.js';
import { record } from '../../format/fields.js';
import { StateReader, StateWriter, withoutState } from '../../format/state.js';
import { activationOf } from '../../layers/layers.js';
import { ModelFileError } from '../../runtime/errors.js';
import { freshState } from '../continuation.js';
import type { Fitted } from '../fitted.js';
import { Inputs } from '../inputs.js';
import type { Journal } from '../journal.js';
import type { Specification } from '../specification.js';
import { encoderSpec } from './columns.js';
import { recipeDocument, recipeFrom } from './history.js';
import { membersDocument, membersFrom, membersIn } from './members.js';
import { estimatorState, estimatorStateFrom } from './progress.js';
import { runningDocument, runningFrom } from './statistics.js';

/** What a file holds of an estimator: a model, an interrupted fit, or both. */
interface EstimatorContents<Coding> {
  readonly fitted: Fitted<Coding> | undefined;
  readonly journal: Journal | undefined;
}

/**
 * An estimator for a file; undefined where there is nothing to write. @param state whether to write what training goes on from
 */
export function estimatorDocument<Targets, Coding>(
  specification: Specification<Targets, Coding>,
  { fitted, journal }: EstimatorContents<Coding>,
  state: boolean,
): Omit<ModelDocument, 'metadata'> | undefined {
  const writing = new StateWriter();
  const { standings = [], members } = fitted ?? {};
  const seeds = members?.networks.map(({ seed }) => seed) ?? [];
  const own = state ? estimatorState({ journal, standings, seeds }, writing) : undefined;
  if (!fitted && own === undefined) return undefined;
  const whole = fitted ? modelDocument(specification, fitted) : { config: optionsDocument(specification), tensors: [] };
  const config = { ...whole.config, ...(own !== undefined && { state: own }) };
  return { kind: specification.kind, config, tensors: [...whole.tensors, ...writing.tensors] };
}

/** The options, without those that files do not hold. */
function optionsDocument({ options: all, seed }: Pick<Specification<never, never>, 'options' | 'seed'>) {
  const { members } = all;
  const kept = Object.entries(all).filter(([name, v]) => v !== undefined && name !== 'method' && name !== 'members');
  return {
    options: { ...Object.fromEntries(kept), seed },
    ...(members !== undefined && { asked: { members } }), // as `options`, for readers since the second version
  };
}

/** The options of an estimator from a file. @throws ModelFileError */
export function optionsOf({ config }: ModelDocument): object {
  return { ...record(config['options'], 'options'), ...record(config['asked'] ?? {}, 'asked') };
}

function modelDocument<Targets, Coding>(
  specification: Specification<Targets, Coding>,
  fitted: Fitted<Coding>,
): Pick<ModelDocument, 'config' | 'tensors'> {
  const { inputs, members, recipe, history, pace } = fitted;
  const { config, tensors } = membersDocument(members);
  const { coding, running: targets } = specification.coder.document(fitted.coding);
  const own = {
    ...optionsDocument(specification),
    ...inputs.document(),
    coding,
    ...recipeDocument(recipe, history),
    running: runningDocument(inputs.running, targets, pace), // readers of earlier versions pass over it
  };
  return { config: { ...config, ...own }, tensors };
}

/** What a document holds, whose parts must fit together. @throws ModelFileError */
export async function estimatorFrom<Targets, Coding>(
  { coder, kind }: Specification<Targets, Coding>,
  { config: all, tensors: every }: ModelDocument,
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
  const inputs = await Inputs.restore(spec, config['whitening'], columns);
  const coding = coder.read(record(config['coding'], 'coding'), targets);
  const { recipe, history } = recipeFrom(config, membersIn(config));
  const { journal, standings: kept, seeds } = estimatorStateFrom(state, reading, membersIn(config));
  reading.end();
  const members = await membersFrom({ config, tensors }, seeds);
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
