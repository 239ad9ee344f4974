// inspect: what a model file holds.

import { Classifier } from '../estimators/classifier.js';
import { counted } from '../runtime/errors.js';
import { versionFor } from '../format/document.js';
import type { Layer } from '../layers/layers.js';
import { loadModel } from '../load-model.js';
import { Network } from '../network/network.js';
import { UsageError } from './failure.js';
import { type SpectrumCommandOptions, spectrumOf } from './spectrum.js';
import { clipped, tell, tellJson } from './terminal.js';
import { adviceText, choiceText, columnsText, curveText } from './show.js';

interface InspectOptions extends SpectrumCommandOptions {
  readonly json?: boolean;
  readonly spectrum?: string;
}

export async function inspect(file: string, options: InspectOptions): Promise<void> {
  const { json, spectrum: data } = options;
  for (const name of ['target', 'svg'] as const) {
    if (!data && options[name] !== undefined) throw new UsageError(`--${name} needs --spectrum, which names the data`);
  }
  const model = await loadModel(file);
  const spectrum = data === undefined ? undefined : await spectrumOf(file, data, options);
  const network = model instanceof Network ? { inputs: model.inputs, outputs: model.outputs, loss: model.loss } : undefined;
  const kind = network ? 'network' : model instanceof Classifier ? 'classifier' : 'regressor';
  const estimator = model instanceof Network ? undefined : model;
  const history = estimator?.hasHistory ? estimator.history : undefined;
  const { layers, parameters, precision, seed, metadata } = model;
  const formatVersion = versionFor(model.document(false));
  const together = estimator && estimator.members > 1 ? ` in ${estimator.members} networks` : '';
  if (json) {
    const result = {
      kind,
      formatVersion,
      layers,
      ...(estimator && { members: estimator.members }),
      parameters,
      precision,
      seed,
      ...network,
      ...(estimator && { columns: estimator.columns }),
      ...(model instanceof Classifier && { classes: model.classes }),
      ...(history && { history }),
      metadata,
      ...(spectrum && { spectrum: spectrum.result }),
    };
    tellJson(result);
    return;
  }
  const lines = [
    `${file}: ${kind}, format version ${formatVersion}, ${precision}, ${counted(parameters, 'parameter')}${together}, seed ${seed}`,
    ...(network ? [`inputs: ${network.inputs}, outputs: ${network.outputs}, loss: ${network.loss}`] : []),
    `layers: ${layers.map(layerText).join(', ')}`,
    ...(estimator ? [`columns:\n${columnsText(estimator.columns)}`] : []),
    ...(model instanceof Classifier ? [`classes: ${model.classes.map((label) => clipped(String(label))).join(', ')}`] : []),
    ...(history ? [`model: ${choiceText(history)}`, ...adviceText(history)] : []),
    ...Object.entries(metadata).map(([name, text]) => `${clipped(name)}: ${clipped(text, 1000)}`),
  ];
  const curve = history && curveText(history.loss, 60);
  tell([...lines, ...(curve ? [curve] : []), ...(spectrum ? [spectrum.text] : [])].join('\n'));
}

function layerText(layer: Layer): string {
  const { type, ...settings } = layer;
  return layer.type === 'dense' ? `${type} ${layer.units} ${layer.activation}` : [type, ...Object.values(settings)].join(' ');
}
