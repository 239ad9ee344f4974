// A network compiled into a plan: the table in linear memory that the kernels run over.

import type { Engine } from '../bindings/core.js';
import type { Arena, Reals, Words } from '../bindings/memory.js';
import { ACTIVATIONS } from './activations.js';
import type { Patterns } from './data/dataset.js';
import type { Layer } from './layers.js';
import { LOSSES, type Loss } from './losses.js';

/** What a network computes, without its parameters. */
export interface Architecture {
  readonly inputs: number;
  readonly layers: readonly Layer[];
  readonly loss: Loss;
}

/** The shape of one parameter array: a kernel [inputs, units] or a bias [units]. */
export interface ParameterShape {
  readonly name: string;
  readonly shape: readonly number[];
  /** Index of its first element in the flat vector of parameters. */
  readonly first: number;
  readonly size: number;
}

/** The parameters of an architecture in their order: kernel, bias, layer by layer. */
export function parameterShapes({ inputs, layers }: Pick<Architecture, 'inputs' | 'layers'>): ParameterShape[] {
  const shapes: ParameterShape[] = [];
  let first = 0;
  let fanIn = inputs;
  const push = (name: string, shape: number[]) => {
    const size = shape.reduce((a, b) => a * b);
    shapes.push({ name, shape, first, size });
    first += size;
  };
  layers.forEach((layer, i) => {
    push(`layers.${i}.kernel`, [fanIn, layer.units]);
    if (layer.bias) push(`layers.${i}.bias`, [layer.units]);
    fanIn = layer.units;
  });
  return shapes;
}

export function outputsOf({ layers }: Pick<Architecture, 'layers'>): number {
  return layers.at(-1)!.units;
}

/** A plan bound to parameters and a workspace of its own, so that plans over the same parameters do not disturb each other. */
export class Plan {
  readonly address: number;
  /** Patterns that run through the network at a time. */
  readonly slab: number;
  /** Where picked patterns are gathered. */
  readonly slabs: number;

  /**
   * @param rows the most patterns that will be asked for in one go
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
    const { inputs, layers, loss } = architecture;
    this.address = arena.allocate(core.planBytes(layers.length));
    core.planOpen(this.address, layers.length, inputs, LOSSES[loss].code);
    layers.forEach(({ units, activation, slope, bias }, i) => {
      core.planDense(this.address, i, units, ACTIVATIONS[activation].code, slope, bias ? 1 : 0);
    });
    this.slab = Math.max(1, Math.min(rows, core.planSlab(this.address)));
    const workspace = arena.allocate(core.planWorkspace(this.address, this.slab, training ? 1 : 0));
    core.planBind(this.address, this.slab, training ? 1 : 0, theta.address, workspace);
    this.slabs = arena.allocate(core.planSlabs(this.address));
  }

  /** A set of patterns for `evaluate` and `gradient`, or those of it that `indices` first … first + count − 1 pick. */
  patterns(arena: Arena, { x, t, w }: Partial<Patterns>, indices?: Words, first = 0, count?: number): PatternSet {
    const { core } = this.engine;
    const address = arena.allocate(core.patternsBytes());
    const rows = count ?? (indices ? indices.length : Math.floor(x!.length / this.architecture.inputs));
    const picked = indices ? indices.address + 4 * first : 0;
    core.patternsOpen(address, this.address, x!.address, t?.address ?? 0, w?.address ?? 0, picked, this.slabs);
    return { address, rows };
  }

  /** Σ w over a set. */
  weight(set: PatternSet): number {
    return this.engine.core.patternsWeight(set.address, 0, set.rows);
  }

  /** Runs patterns first … first + rows − 1 of a set; returns Σ w·l and, if asked for, writes the outputs. */
  evaluate(set: PatternSet, first = 0, rows = set.rows, outputs?: Reals, at = 0): number {
    return this.engine.core.evaluate(this.address, set.address, first, rows, outputs ? outputs.at(at) : 0);
  }

  /** The gradient of scale·Σ w·l over a set, into `gradient`; returns Σ w·l. */
  gradient(set: PatternSet, scale: number, gradient: Reals): number {
    return this.engine.core.objectiveGradient(this.address, set.address, 0, set.rows, scale, gradient.address, 0);
  }
}

/** A set of patterns described in linear memory. */
export interface PatternSet {
  readonly address: number;
  readonly rows: number;
}
