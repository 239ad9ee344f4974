// A network compiled into a plan: the table in linear memory that the kernels run over.

import { type LossCode, Loss as LossCodes } from '../../build/codes.js';
import type { Engine } from '../../bindings/core.js';
import { type Arena, type RealArray, type Reals, type Words, viewOf } from '../../bindings/memory.js';
import type { SampleBuffers } from '../data/dataset.js';
import { type Layer, unitsOf } from '../layers/layers.js';
import type { NamedCustomLoss } from '../layers/custom-loss.js';
import type { AnyLoss } from '../layers/losses.js';
import { UnsupportedError } from '../runtime/errors.js';
import { type Work, call } from '../runtime/work.js';
import { type Arrays, kindOf } from './kinds.js';

/** What a network computes, without its parameters. */
export interface Architecture {
  readonly inputs: number;
  readonly layers: readonly Layer[];
  readonly loss: AnyLoss;
  /** The function of a custom loss. */
  readonly custom?: NamedCustomLoss | undefined;
}

/** @throws UnsupportedError where the loss has no second derivatives: of a custom one, nobody has given them */
export function requireSecondDerivatives({ custom }: Pick<Architecture, 'custom'>, what: string): void {
  if (!custom) return;
  const told = 'has a value and a gradient only; use a method of first order, lbfgs, bfgs or conjugateGradient';
  throw new UnsupportedError(`${what} needs second derivatives of the loss: the custom loss ${custom.name} ${told}`);
}

/** The shape of one array of parameters, or of running statistics. */
export interface ParameterShape {
  readonly name: string;
  readonly shape: readonly number[];
  /** Index of its first element in the flat vector: parameters in the order of layers, statistics behind all of them. */
  readonly first: number;
  readonly size: number;
  /** Whether training follows a gradient; running statistics follow what they see. */
  readonly trained: boolean;
}

/**
 * The parameters and statistics of an architecture, layer by layer: kernel, bias; centres, logWidths; scale, shift, mean,
 * variance.
 */
export function parameterShapes({ inputs, layers }: Pick<Architecture, 'inputs' | 'layers'>): ParameterShape[] {
  const shapes: { -readonly [K in keyof ParameterShape]: ParameterShape[K] }[] = [];
  let fanIn = inputs;
  layers.forEach((layer, i) => {
    const kind = kindOf(layer);
    const add = (arrays: Arrays, trained: boolean) => {
      for (const [name, shape] of arrays) {
        shapes.push({ name: `layers.${i}.${name}`, shape, first: 0, size: shape.reduce((a, b) => a * b), trained });
      }
    };
    add(kind.parameters(layer, fanIn), true);
    add(kind.statistics?.(layer, fanIn) ?? [], false);
    fanIn = unitsOf(layer, fanIn);
  });
  let first = 0;
  for (const trained of [true, false]) {
    for (const shape of shapes) {
      if (shape.trained !== trained) continue;
      shape.first = first;
      first += shape.size;
    }
  }
  return shapes;
}

/** How many inputs each layer has, and behind them all how many outputs the last one has. */
export function widths({ inputs, layers }: Pick<Architecture, 'inputs' | 'layers'>): number[] {
  const result = [inputs];
  for (const layer of layers) result.push(unitsOf(layer, result.at(-1)!));
  return result;
}

export function outputsOf(architecture: Pick<Architecture, 'inputs' | 'layers'>): number {
  return widths(architecture).at(-1)!;
}

/** Multiply-adds of one sample's way forward. */
export function multiplyAdds(architecture: Pick<Architecture, 'inputs' | 'layers'>): number {
  return parameterShapes(architecture).reduce((sum, { shape, size }) => sum + (shape.length > 1 ? size : 0), 0);
}

/** Multiply-adds that take as long as one unit's activation and what goes around it. */
const UNIT_WORK = 20;

/** What one sample's way forward costs, in multiply-adds. */
export function workOf(architecture: Pick<Architecture, 'inputs' | 'layers'>): number {
  const units = widths(architecture).reduce((a, b) => a + b, 0) - architecture.inputs;
  return multiplyAdds(architecture) + UNIT_WORK * units;
}

/** A plan bound to parameters and a workspace of its own, so that plans over the same parameters do not disturb each other. */
export class Plan {
  readonly address: number;
  /** How many parameters there are; running statistics stand behind them. */
  readonly parameters: number;
  /** Samples that run through the network at a time. */
  readonly slab: number;
  /** Where picked samples are gathered. */
  readonly slabs: number;

  /**
   * @param rows the most samples that will be asked for in one go
   * @param training whether gradients will be
   * @throws OutOfMemoryError
   */
  constructor(
    readonly engine: Engine,
    arena: Arena,
    readonly architecture: Architecture,
    readonly theta: Reals,
    rows: number,
    training: boolean,
  ) {
    const { core } = engine;
    const { inputs, layers, loss, custom } = architecture;
    this.address = arena.allocate(core.planBytes(layers.length));
    core.planOpen(this.address, layers.length, inputs, (custom?.code ?? LossCodes[loss]) as LossCode);
    layers.forEach((layer, i) => {
      kindOf(layer).describe(core, this.address, i, layer);
    });
    this.parameters = core.planParameters(this.address);
    this.slab = Math.max(1, Math.min(rows, core.planSlab(this.address, training ? 1 : 0)));
    const workspace = arena.allocate(core.planWorkspace(this.address, this.slab, training ? 1 : 0));
    core.planBind(this.address, this.slab, training ? 1 : 0, theta.address, workspace);
    this.slabs = arena.allocate(core.planSlabs(this.address));
  }

  /** A set of samples for `evaluate` and `gradient`, or those of it that `indices` first … first + count − 1 pick. */
  samples(arena: Arena, { x, t, w }: Partial<SampleBuffers>, indices?: Words, first = 0, count?: number): SampleSet {
    const { core } = this.engine;
    const address = arena.allocate(core.samplesBytes());
    const rows = count ?? (indices ? indices.length : Math.floor(x!.length / this.architecture.inputs));
    const picked = indices ? indices.address + 4 * first : 0;
    core.samplesOpen(address, this.address, x!.address, t?.address ?? 0, w?.address ?? 0, picked, this.slabs);
    return { address, rows };
  }

  /** Buffers for diagonals of the Hessian over the plan. @throws OutOfMemoryError */
  diagonalBuffers(arena: Arena): number {
    requireSecondDerivatives(this.architecture, 'a diagonal of the Hessian');
    const { core } = this.engine;
    const at = arena.allocate(core.curvaturesBytes(this.address));
    core.curvaturesOpen(at, this.address);
    return at;
  }

  /** Σ w over a set. */
  weight(set: SampleSet): number {
    return this.engine.core.samplesWeight(set.address, 0, set.rows);
  }

  /** Runs samples first … first + rows − 1 of a set; comes to Σ w·l and, if asked for, writes the outputs. */
  evaluate(set: SampleSet, first = 0, rows = set.rows, outputs?: Reals): Work<number> {
    return call('evaluate', this.address, set.address, first, rows, outputs?.address ?? 0);
  }

  /** What layer i put out for the last `rows` samples, row-major. Valid until the next call. */
  layerOutput(i: number, rows: number): RealArray {
    const units = widths(this.architecture)[i + 1]!;
    return viewOf(this.theta.precision, this.engine.core.planOutput(this.address, i), rows * units);
  }

  /** The gradient of scale·Σ w·l over a set, into `gradient`; comes to Σ w·l. */
  gradient(set: SampleSet, scale: number, gradient: Reals): Work<number> {
    return call('objectiveGradient', this.address, set.address, 0, set.rows, scale, gradient.address, 0);
  }
}

/** A set of samples described in linear memory. */
export interface SampleSet {
  readonly address: number;
  readonly rows: number;
}
