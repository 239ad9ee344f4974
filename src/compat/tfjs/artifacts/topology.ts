// Chains of standard layers as a topology in Keras's form, and their weights.

import type { StandardLayer } from './chain.js';
import type { TfjsWeightSpec } from './types.js';

/** The version of Keras whose form of topologies this is. */
const KERAS = { keras_version: '2.15.0', backend: 'tensorflow' };

/** A chain of layers: Sequential. */
export function sequential(inputs: number, layers: readonly StandardLayer[]): object {
  const described = layers.map(({ class_name, config }, i) => ({
    class_name,
    config: i === 0 ? { ...config, batch_input_shape: [null, inputs] } : config,
  }));
  return { class_name: 'Sequential', config: { name: 'sequential', layers: described }, ...KERAS };
}

/** What a layer of a functional model is fed with. */
const nodes = (names: readonly unknown[]) => (names.length > 0 ? [names.map((name) => [name, 0, 0, {}])] : []);

/** Several chains on the same inputs, their outputs averaged, and what comes then. */
export function averaged(inputs: number, chains: readonly (readonly StandardLayer[])[], link: string | undefined): object {
  const layers: object[] = [];
  const add = (class_name: string, config: Record<string, unknown>, below: readonly unknown[]) => {
    layers.push({ class_name, name: config['name'], config, inbound_nodes: nodes(below) });
    return config['name'];
  };
  const input = add('InputLayer', { name: 'inputs', batch_input_shape: [null, inputs], dtype: 'float32', sparse: false }, []);
  const ends = chains.map((chain) =>
    chain.reduce<unknown>((below, { class_name, config }) => add(class_name, config, [below]), input),
  );
  const common = { trainable: true, dtype: 'float32' };
  const average = add('Average', { name: 'average', ...common }, ends);
  const last = link ? add('Activation', { name: 'outputs', ...common, activation: link }, [average]) : average;
  const config = { name: 'model', layers, input_layers: [[input, 0, 0]], output_layers: [[last, 0, 0]] };
  return { class_name: 'Functional', config, ...KERAS };
}

/** The weights of layers: what they are, and their bytes. */
export function weightsOf(layers: readonly StandardLayer[]): { specs: TfjsWeightSpec[]; bytes: Uint8Array<ArrayBuffer> } {
  const each = layers.flatMap(({ config, weights }) =>
    weights.map(([name, shape, values]) => ({
      spec: { name: `${config['name']}/${name}`, shape, dtype: 'float32' as const },
      values,
    })),
  );
  const bytes = new Uint8Array(each.reduce((sum, { values }) => sum + values.byteLength, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const { values } of each) {
    for (const value of values) {
      view.setFloat32(at, value, true);
      at += 4;
    }
  }
  return { specs: each.map(({ spec }) => spec), bytes };
}
