// What tfjs's objects hold beyond their public types: nothing of tfjs is imported, so that its objects are all there is.

import type { DataType, Tensor, Variable } from '@tensorflow/tfjs-core';
import { UnsupportedError } from '../../../bindings/errors.js';

/** A backend of tfjs's: of what it keeps, only what stands in JavaScript's memory or in its own WebAssembly memory is known. */
interface Backend {
  epsilon(): number;
  /** The cpu backend's tensors. */
  readonly data?: { get(id: object): { values?: unknown; refCount?: number } | undefined };
  /** The wasm backend's tensors, and its memory. */
  readonly dataIdMap?: { get(id: object): { memoryOffset?: number | null; refCount?: number } | undefined };
  readonly wasm?: { readonly HEAPU8: Uint8Array };
}

/** The one engine that all copies of tfjs in a program share. */
export interface Engine {
  readonly backend: Backend;
  readonly state: {
    readonly gradientDepth: number;
    readonly tensorInfo: { get(id: object): { readonly backend: Backend } | undefined };
  };
  makeTensor(values: ArrayLike<number>, shape: readonly number[], dtype: DataType, backend?: Backend): Tensor;
  makeVariable(initial: Tensor, trainable: boolean, name?: string, dtype?: DataType): Variable;
  tidy<T>(f: () => T): T;
  startScope(): void;
  endScope(result?: unknown): void;
}

/** tfjs's engine. @throws UnsupportedError where no tfjs has been loaded */
export function engine(): Engine {
  const found = (globalThis as { _tfengine?: Engine })._tfengine;
  if (!found) throw new UnsupportedError('TensorFlow.js has not been loaded: import it before you accelerate its models');
  return found;
}

/** Where a tensor's numbers are in the WebAssembly memory of its backend, until that grows; undefined if they are elsewhere. */
export function placeOf(id: object): { buffer: ArrayBufferLike; offset: number; refCount: number | undefined } | undefined {
  const owner = engine().state.tensorInfo.get(id)?.backend;
  const { memoryOffset: offset, refCount } = owner?.dataIdMap?.get(id) ?? {};
  return typeof offset === 'number' && owner?.wasm ? { buffer: owner.wasm.HEAPU8.buffer, offset, refCount } : undefined;
}

/** Numbers of a tensor as they are now, to be copied at once: where they stand, if that can be. */
export function numbersIn(tensor: Tensor): ArrayLike<number> {
  const place = tensor.dtype === 'float32' ? placeOf(tensor.dataId) : undefined;
  return place && !tensor.isDisposed ? new Float32Array(place.buffer, place.offset, tensor.size) : tensor.dataSync();
}

/** Gives a variable other numbers, by a tensor on a backend, or on that of now. */
export function assign(variable: Variable, values: Float32Array, backend?: Backend): void {
  const tensor = engine().makeTensor(values, variable.shape, 'float32', backend);
  variable.assign(tensor);
  tensor.dispose();
}

/** What tfjs serialises. */
interface Named {
  getClassName(): string;
}

/** A regularizer, L1L2 or somebody's own. */
export interface Regularizer extends Named {
  readonly l1?: number;
  readonly l2?: number;
}

/** A layer's weight. */
export interface LayerVariable {
  readonly name: string;
  readonly shape: readonly (number | null)[];
  readonly val: Variable;
}

/** A place in a graph of layers. */
export interface SymbolicTensor {
  readonly shape: readonly (number | null)[];
  readonly sourceLayer: Layer;
  readonly nodeIndex: number;
}

/** A layer; which fields it has depends on its class. */
export interface Layer extends Named {
  readonly name: string;
  readonly inboundNodes: readonly { readonly inputTensors: readonly SymbolicTensor[] }[];
  /** Of models within models. */
  readonly layers?: readonly Layer[];
  readonly outputs?: readonly SymbolicTensor[];
  readonly activation?: Named | null;
  getConfig(): Record<string, unknown>;
  readonly [field: string]: unknown;
}

/** A function of targets and outputs. */
export type LossOrMetric = (targets: Tensor, outputs: Tensor) => Tensor;

/** An optimizer; its fields are read where each kind is. */
export interface Optimizer extends Named {
  iterations_?: number | null;
  learningRate: number;
  [field: string]: unknown;
}

/** A model that has been built: a Sequential has one inside. */
export interface Model {
  countParams(): number;
  readonly name: string;
  readonly layers: readonly Layer[];
  readonly inputs: readonly SymbolicTensor[];
  readonly outputs: readonly SymbolicTensor[];
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  isTraining: boolean;
  stopTraining_: boolean;
  history: unknown;
  readonly optimizer_?: Optimizer | null;
  readonly loss: unknown;
  readonly lossFunctions: readonly LossOrMetric[];
  readonly metrics: unknown;
  readonly metricsNames: readonly string[];
  readonly metricsTensors: readonly (readonly [LossOrMetric, number])[];
  readonly collectedTrainableWeights: readonly LayerVariable[];
  standardizeUserData(
    x: unknown,
    y: unknown,
    sampleWeight: null,
    classWeight: unknown,
    checkBatchAxis: boolean,
    batchSize?: number,
  ): Promise<[Tensor[], Tensor[], (Tensor | null)[] | null]>;
  standardizeUserDataXY(x: unknown, y: unknown, checkBatchAxis: boolean, batchSize?: number): [Tensor[], Tensor[]];
  checkTrainableWeightsConsistency(): void;
  getDedupedMetricsNames(): string[];
}
