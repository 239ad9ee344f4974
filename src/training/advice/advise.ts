// Advice after a fit: what there is to say is loaded where there are signs that the fit might have gone better.

import { Part } from '../../../bindings/part.js';
import { LoadError } from '../../runtime/errors.js';
import type { Grown } from '../loss-growth.js';
import { areTargetsSame, signsOf } from './signs.js';
import type { EndedFit } from './trial.js';

const ADVICE = new Part('advice on a fit', () => import('./advice.js'));

/**
 * What to try after a fit; undefined where there is nothing to say.
 * @param epochs that it took, at what rate at last
 * @param grown how its loss has grown, where it was seen to have
 * @param loss at its end; undefined where no sample weighs anything
 */
export async function advise(
  setting: EndedFit,
  diverged: boolean,
  epochs: number,
  rate: number,
  grown: Grown | undefined,
  loss: number | undefined,
): Promise<string | undefined> {
  const wrong = diverged || grown !== undefined;
  if (!wrong && epochs > 0 && areTargetsSame(setting))
    return 'all targets are the same, so that there is nothing to learn but that constant';
  const signs = wrong ? undefined : await signsOf(setting, epochs, loss);
  if (!wrong && !signs) return undefined;
  try {
    const { afterDivergence, afterFit } = await ADVICE.load();
    return signs
      ? await afterFit(setting, signs, epochs)
      : await afterDivergence(setting, grown ? epochs : epochs + 1, rate, grown);
  } catch (error) {
    if (error instanceof LoadError) return error.message; // what was learned is there all the same
    throw error;
  }
}
