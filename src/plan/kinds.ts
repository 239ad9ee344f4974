// What a plan must know of each kind of layer: its arrays, and the call that describes it to the kernels. A kind without an entry
// does not compile.

import { Activation as ActivationCodes } from '../../build/codes.js';
import type { Core } from '../../bindings/core.js';
import type { Layer } from '../layers/layers.js';
import { Purpose, streamOf } from '../runtime/random.js';

/** Names and shapes of arrays. */
export type Arrays = readonly (readonly [name: string, shape: readonly number[]])[];

interface Kind<L> {
  /** What training follows a gradient of, in the order of the kernels: the kernel first. */
  parameters(layer: L, inputs: number): Arrays;
  /** What follows what is seen. */
  statistics?(layer: L, inputs: number): Arrays;
  /** Tells the plan at `address` that its layer i is this one. */
  describe(core: Core, address: number, i: number, layer: L): void;
}

const scaleAndShift = (_: unknown, inputs: number): Arrays => [
  ['scale', [inputs]],
  ['shift', [inputs]],
];

const none = (): Arrays => [];

const KINDS: { readonly [T in Layer['type']]: Kind<Extract<Layer, { type: T }>> } = {
  dense: {
    parameters: ({ units, bias }, inputs) => [['kernel', [inputs, units]], ...(bias ? ([['bias', [units]]] as const) : [])],
    describe: (core, address, i, { units, activation, slope, bias }) =>
      core.planDense(address, i, units, ActivationCodes[activation], slope, bias ? 1 : 0),
  },
  rbf: {
    parameters: ({ units }, inputs) => [
      ['centres', [inputs, units]],
      ['logWidths', [units]],
    ],
    describe: (core, address, i, { units }) => core.planRbf(address, i, units),
  },
  batchNorm: {
    parameters: scaleAndShift,
    statistics: (_, inputs) => [
      ['mean', [inputs]],
      ['variance', [inputs]],
    ],
    describe: (core, address, i, { epsilon, momentum }) => core.planBatchNorm(address, i, epsilon, momentum),
  },
  layerNorm: {
    parameters: scaleAndShift,
    describe: (core, address, i, { epsilon }) => core.planLayerNorm(address, i, epsilon),
  },
  dropout: {
    parameters: none,
    describe: (core, address, i, { rate }) => core.planDropout(address, i, rate, streamOf(Purpose.dropout, i)),
  },
  gaussianNoise: {
    parameters: none,
    describe: (core, address, i, { deviation }) => core.planNoise(address, i, deviation, streamOf(Purpose.noise, i)),
  },
};

/** What a plan knows of the kind of a layer. */
export const kindOf = (layer: Layer): Kind<Layer> => KINDS[layer.type] as Kind<Layer>;
