// A network in words: in a line, and as a table of its layers.

import { type Layer, unitsOf } from '../layers/layers.js';
import type { AnyLoss } from '../layers/losses.js';
import type { Architecture, ParameterShape } from '../plan/plan.js';
import { counted } from '../runtime/errors.js';

/** What of a network is told. */
interface Summarised {
  readonly inputs: number;
  readonly layers: readonly Layer[];
  readonly loss: AnyLoss;
  readonly architecture: Pick<Architecture, 'custom'>;
  readonly precision: string;
  readonly seed: number;
  readonly parameters: number;
  readonly disposed: boolean;
  readonly weightShapes: readonly ParameterShape[];
}

/** A layer's kind, and what there is to know of it beside its units. */
function kindOf(layer: Layer): string {
  switch (layer.type) {
    case 'dense':
      return `dense ${layer.activation}${layer.bias ? '' : ' without bias'}`;
    case 'dropout':
      return `dropout ${layer.rate}`;
    case 'gaussianNoise':
      return `gaussianNoise ${layer.deviation}`;
    default:
      return layer.type;
  }
}

/** Layers in a line, from the inputs up. */
export function layersInLine(inputs: number, layers: readonly Layer[]): string {
  return [inputs, ...layers.map((layer) => ('units' in layer ? `${layer.units} ${kindOf(layer)}` : kindOf(layer)))].join(' → ');
}

/** The loss by its name. */
const lossOf = ({ loss, architecture: { custom } }: Summarised) => (custom ? `custom loss ${JSON.stringify(custom.name)}` : loss);

/** A network in a line. */
export function inLine(network: Summarised): string {
  const { inputs, layers, precision, seed, parameters, disposed } = network;
  const size = `${counted(parameters, 'parameter')}, ${precision}, seed ${seed}`;
  return `Network { ${layersInLine(inputs, layers)}; ${lossOf(network)}; ${disposed ? 'disposed of' : size} }`;
}

/** A network as a table: a line for each layer, and one for all. */
export function inTable(network: Summarised): string {
  const { inputs, layers, precision, parameters, weightShapes, architecture } = network;
  let units = inputs;
  const rows = layers.map((layer, i) => {
    units = unitsOf(layer, units);
    const own = weightShapes.filter(({ name }) => name.startsWith(`layers.${i}.`));
    const size = own.reduce((sum, { size, trained }) => sum + (trained ? size : 0), 0);
    return [kindOf(layer), String(units), String(size)];
  });
  const table = [['layer', 'outputs', 'parameters'], ['inputs', String(inputs), '0'], ...rows, ['all', '', String(parameters)]];
  const wide = [0, 1, 2].map((c) => Math.max(...table.map((row) => row[c]!.length)));
  const line = ([name, ...numbers]: string[]) =>
    [name!.padEnd(wide[0]!), ...numbers.map((n, c) => n.padStart(wide[c + 1]!))].join('  ');
  const rule = '─'.repeat(wide[0]! + wide[1]! + wide[2]! + 4);
  const [head, ...body] = table.map(line);
  return [
    head,
    rule,
    ...body.slice(0, -1),
    rule,
    body.at(-1),
    `${architecture.custom ? '' : 'loss '}${lossOf(network)}, ${precision}`,
  ].join('\n');
}
