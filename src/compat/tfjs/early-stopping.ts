// earlyStopping as tfjs has it, and with the best weights at the end, which tfjs's own refuses.

import type { CustomCallbackArgs } from '@tensorflow/tfjs-layers';
import { UnsupportedError } from '../../../bindings/errors.js';
import { checked, flag, number, oneOf, value } from '../../runtime/options.js';
import { type LayerVariable, assign } from './inside.js';

/** What ends a training, and what is kept of it. */
export interface EarlyStoppingOptions {
  /** The name in the logs of an epoch that is watched. Default 'val_loss'. */
  monitor?: string;
  /** What counts as better: a change by more than this, ≥ 0. Default 0. */
  minDelta?: number;
  /** Epochs without a better one after which training ends, ≥ 0. Default 0, as in TensorFlow.js: the first one ends it. */
  patience?: number;
  /** 1 to print the epoch that it ended in. Default 0. */
  verbose?: number;
  /** Whether less or more is better. Default 'auto': more for names with 'acc', less for others. */
  mode?: 'auto' | 'min' | 'max';
  /** What the first epoch has to be better than. Default: any is. */
  baseline?: number;
  /** Whether the model has the weights of the best epoch at the end, however the training ends. Default false. */
  restoreBestWeights?: boolean;
}

const OPTIONS = {
  monitor: value<string>('a name in the logs, such as val_loss', (v) => typeof v === 'string', 'val_loss'),
  minDelta: number({ min: 0, below: Infinity }, 0),
  patience: number({ min: 0 }, 0),
  verbose: number({ min: 0 }, 0),
  mode: oneOf(['auto', 'min', 'max'], 'auto'),
  baseline: number({}, undefined),
  restoreBestWeights: flag(false),
};

/** A model, as far as its weights can be kept. */
interface Weighed {
  readonly weights: readonly LayerVariable[];
  stopTraining_: boolean;
}

/** A callback for an accelerated model that ends its training when `monitor` gets no better. */
export function earlyStopping(options?: EarlyStoppingOptions): CustomCallbackArgs {
  const { monitor, minDelta, patience, verbose, mode, baseline, restoreBestWeights } = checked('earlyStopping', OPTIONS, options);
  const more = mode === 'max' || (mode === 'auto' && monitor.includes('acc'));
  const better = (now: number, before: number) => (more ? now - minDelta > before : now + minDelta < before);
  let model: Weighed | undefined;
  let best = 0;
  let waited = 0;
  let stopped = 0;
  let kept: Float32Array[] | undefined;
  return {
    setModel(given: Weighed) {
      model = given;
    },
    onTrainBegin() {
      if (!model) throw new UnsupportedError('earlyStopping of this package stops accelerated models: accelerate(model)');
      best = baseline ?? (more ? -Infinity : Infinity);
      waited = 0;
      stopped = 0;
      kept = undefined;
    },
    onEpochEnd(epoch: number, logs: Record<string, number> = {}) {
      const now = logs[monitor];
      if (now === undefined) {
        console.warn(`Metric for EarlyStopping ${monitor} is not available. Available metrics are: ${Object.keys(logs)}`);
        return;
      }
      if (better(now, best)) {
        best = now;
        waited = 0;
        if (restoreBestWeights) kept = model!.weights.map(({ val }) => Float32Array.from(val.dataSync()));
        return;
      }
      waited++;
      if (waited < patience) return;
      stopped = epoch;
      model!.stopTraining_ = true;
    },
    onTrainEnd() {
      if (stopped > 0 && verbose > 0) console.log(`Epoch ${stopped}: early stopping.`);
      kept?.forEach((values, i) => {
        assign(model!.weights[i]!.val, values);
      });
    },
  } as CustomCallbackArgs;
}
