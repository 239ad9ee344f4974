// The layers of a topology, in the order in which numbers go through them.

import { list, record } from '../../../../format/fields.js';
import { ModelFileError, UnsupportedError, shown } from '../../../../runtime/errors.js';

/** A layer of a topology. */
export interface Stage {
  readonly className: string;
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** How a message names a layer. */
export const called = ({ className, name }: Stage) => `layer ${JSON.stringify(name)} (${className})`;

function text(value: unknown, what: string): string {
  if (typeof value !== 'string' || value === '') throw new ModelFileError(`damaged: ${what} is ${shown(value)}; expected a name`);
  return value;
}

/** The same with what a functional model says of it. */
interface Node extends Stage {
  readonly entry: Record<string, unknown>;
}

function stageOf(layer: unknown, what: string): Node {
  const entry = record(layer, what);
  const config = record(entry['config'], `${what}.config`);
  return {
    entry,
    config,
    className: text(entry['class_name'], `${what}.class_name`),
    name: text(config['name'], `${what}.config.name`),
  };
}

/** The layer that a node is fed by: of Keras 2, or of Keras 3. */
function feederOf(node: unknown, stage: Stage): string {
  const tensors: readonly unknown[] = Array.isArray(node) ? node : historiesIn(node);
  const [tensor] = tensors;
  if (tensors.length !== 1 || !Array.isArray(tensor)) throw branching(stage);
  const [name, use = 0, output = 0] = tensor as unknown[];
  if (use !== 0 || output !== 0) throw branching(stage);
  return text(name, `the layer that feeds ${called(stage)}`);
}

function historiesIn(node: unknown): unknown[] {
  const { args } = record(node, 'a node');
  return list(args, 'the arguments of a node').map(
    (arg) => record(record(arg, 'an argument')['config'], 'an argument')['keras_history'],
  );
}

const branching = (stage: Stage) =>
  new UnsupportedError(`fromTfjsArtifacts: ${called(stage)} is not fed by one layer alone; only chains of layers can be read`);

/** The name of the only layer among a model's inputs, or outputs. */
function onlyOne(value: unknown, what: string): string {
  const names = list(value, what);
  const flat = typeof names[0] === 'string' ? [names] : names;
  if (flat.length !== 1) throw new UnsupportedError(`fromTfjsArtifacts: the model has ${flat.length} ${what}; expected one`);
  return text(list(flat[0], what)[0], what);
}

function chainOf(config: Record<string, unknown>): Stage[] {
  const stages = list(config['layers'], 'layers').map((layer, i) => stageOf(layer, `layers[${i}]`));
  const byName = new Map(stages.map((stage) => [stage.name, stage]));
  if (byName.size !== stages.length) throw new ModelFileError('damaged: two layers have one name');
  const next = new Map<string, Node>();
  for (const stage of stages) {
    const nodes = list(stage.entry['inbound_nodes'], `the nodes of ${called(stage)}`);
    if (nodes.length === 0) continue;
    if (nodes.length > 1) throw branching(stage);
    const feeder = feederOf(nodes[0], stage);
    if (!byName.has(feeder))
      throw new ModelFileError(`damaged: ${called(stage)} is fed by ${shown(feeder)}, which is not a layer`);
    if (next.has(feeder)) throw branching(stage);
    next.set(feeder, stage);
  }
  const first = onlyOne(config['input_layers'], 'input_layers');
  const last = onlyOne(config['output_layers'], 'output_layers');
  const chain: Stage[] = [];
  for (let stage = byName.get(first); stage && chain.length < stages.length; stage = next.get(stage.name)) chain.push(stage);
  if (chain.length !== stages.length || chain.at(-1)?.name !== last) {
    throw new UnsupportedError('fromTfjsArtifacts: the layers are no chain from the input to the output');
  }
  return chain;
}

/** Which Keras a topology is of, by the first number of its version; TensorFlow.js, which says so, follows Keras 2. */
export function kerasOf(topology: unknown): number {
  const outer = record(topology, 'modelTopology');
  const inner = (outer['model_config'] ?? outer) as { keras_version?: unknown };
  const version = outer['keras_version'] ?? inner.keras_version;
  return typeof version === 'string' && /^\d/.test(version) ? Number.parseInt(version, 10) : 2;
}

/** @throws ModelFileError; UnsupportedError for what is no chain of layers */
export function stagesOf(topology: unknown): Stage[] {
  const outer = record(topology, 'modelTopology');
  const model = 'model_config' in outer ? record(outer['model_config'], 'model_config') : outer;
  const className = text(model['class_name'], 'the class of the model');
  const { config } = model;
  if (className === 'Sequential') {
    const layers = Array.isArray(config) ? config : record(config, 'config')['layers'];
    return list(layers, 'layers').map((layer, i) => stageOf(layer, `layers[${i}]`));
  }
  if (className === 'Model' || className === 'Functional') return chainOf(record(config, 'config'));
  throw new UnsupportedError(`fromTfjsArtifacts: the model is ${shown(className)}; expected Sequential, Functional or Model`);
}
