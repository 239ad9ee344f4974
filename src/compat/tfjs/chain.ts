// A model as a chain of operations: its layers one after the other, those of models within it too.

import { UnsupportedError } from '../../../bindings/errors.js';
import { counted } from '../../runtime/errors.js';
import type { Layer, Model, SymbolicTensor } from './inside.js';
import type { Operation, Pass, Place } from './layers/operation.js';
import { Random } from './layers/random.js';
import { type Standing, operationOf, refused } from './layers/reading.js';
import { changedMethod, modelClassOf } from './own.js';
import type { Slot } from './parameters.js';
import { sizeOf } from './shapes.js';

/** A tensor's shape without the axis of the batch; what is not known beforehand follows from the shape that went in. */
function shapeOf({ shape, sourceLayer }: SymbolicTensor, before: readonly number[] = []): number[] {
  const own = shape.slice(1);
  return own.map((n, i) => {
    if (n !== null && n !== undefined) return n;
    const missing = sizeOf(before) / sizeOf(own);
    if (sourceLayer.getClassName() === 'Reshape' && Number.isInteger(missing)) return missing;
    if (own.length === before.length) return before[i]!;
    throw refused({ layer: sourceLayer }, `the shape of its outputs, [${shape}], is not known beforehand`);
  });
}

/** The layers that lead to a tensor, the first one first; those of an inner model in its place. */
function layersTo(model: Pick<Model, 'name'>, output: SymbolicTensor): { layer: Layer; output: SymbolicTensor }[] {
  const found: { layer: Layer; output: SymbolicTensor }[] = [];
  let tensor = output;
  for (;;) {
    const layer = tensor.sourceLayer;
    const inputs = layer.inboundNodes[tensor.nodeIndex]!.inputTensors;
    if (layer.getClassName() === 'InputLayer') return found.reverse();
    if (inputs.length !== 1)
      throw refused({ layer }, `it has ${inputs.length} inputs, so that model '${model.name}' is no chain`);
    const input = inputs[0]!;
    if (layer.layers && layer.outputs) {
      if (layer.outputs.length !== 1) throw refused({ layer }, `it has ${layer.outputs.length} outputs`);
      const changed = changedMethod(layer, modelClassOf(layer), ['apply', 'call', 'calculateLosses']);
      if (changed || layer['_callHook']) throw refused({ layer }, `its ${changed ?? 'call hook'} would not be called`);
      found.push(...layersTo(layer, layer.outputs[0]!).reverse());
    } else found.push({ layer, output: tensor });
    tensor = input;
  }
}

/** A chain of operations. */
export class Chain {
  /** Numbers of a sample that go in, and that come out. */
  readonly inputs: number;
  readonly outputs: number;
  readonly outputShape: readonly number[];
  readonly inputShape: readonly number[];
  readonly layers: readonly Standing[];
  readonly operations: Operation[] = [];
  /** All their weights. */
  readonly slots: Slot[] = [];

  /** @throws UnsupportedError that names what cannot be done here */
  constructor(model: Model) {
    if (model.inputs.length !== 1 || model.outputs.length !== 1) {
      const found = `${counted(model.inputs.length, 'input')} and ${counted(model.outputs.length, 'output')}`;
      throw new UnsupportedError(`model '${model.name}' has ${found}; a chain has one of each`);
    }
    const [output] = model.outputs;
    this.inputShape = shapeOf(model.inputs[0]!);
    let shape = this.inputShape;
    this.layers = layersTo(model, output!).map(({ layer, output: own }, index) => {
      const inputShape = shape;
      shape = shapeOf(own, inputShape);
      return { layer, index, inputShape, outputShape: shape };
    });
    this.outputShape = shape;
    this.inputs = sizeOf(this.inputShape);
    this.outputs = sizeOf(this.outputShape);
    for (const standing of this.layers) {
      const operation = operationOf(standing);
      if (!operation) continue;
      this.operations.push(operation);
      this.slots.push(...operation.slots);
    }
    const seen = new Set<Layer>();
    for (const { layer } of this.layers) {
      if (seen.has(layer)) throw refused({ layer }, 'it stands in the chain more than once');
      seen.add(layer);
    }
  }

  /** Whether training draws random numbers. */
  get draws(): boolean {
    return this.operations.some((operation) => operation instanceof Random);
  }

  /** Takes memory for passes from inputs at x. */
  place(place: Place, x: number): void {
    let at = x;
    for (const operation of this.operations) {
      operation.place(place, at);
      at = operation.y;
    }
    this.at = at;
  }

  private at = 0;
  /** The last operation that is asked for errors: those before it have nothing to learn. */
  private firstLearning = 0;

  /** Takes memory for the way back from errors at dy. */
  placeBack(place: Place, dy: number): void {
    const { operations } = this;
    const first = operations.findIndex(({ slots }) => slots.some(({ gradient }) => gradient));
    this.firstLearning = first < 0 ? operations.length : first;
    let at = dy;
    for (let i = operations.length - 1; i >= this.firstLearning; i--) {
      operations[i]!.placeBack(place, at, i > this.firstLearning);
      at = operations[i]!.dx;
    }
  }

  /** Where the outputs are: of a chain of nothing, the inputs. */
  get y(): number {
    return this.at;
  }

  /** Takes inputs from x, where they stand as they are. */
  from(x: number): void {
    const [first] = this.operations;
    if (first) first.x = x;
    else this.at = x;
  }

  forward(rows: number, pass: Pass): void {
    const { operations } = this;
    for (let i = 0; i < operations.length; i++) operations[i]!.forward(rows, pass);
  }

  /** Finds gradients; those that go straight to the weights are multiplied by `share`. */
  backward(rows: number, share: number): void {
    const { operations } = this;
    for (let i = operations.length - 1; i >= this.firstLearning; i--) operations[i]!.backward(rows, share);
  }
}
