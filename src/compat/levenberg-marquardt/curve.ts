// A caller's curve at points that were seen: what least squares ask of it.

import type { ResidualFunctions } from '../../solve/residuals.js';
import type { JacobianFunction, ParameterizedFunction } from './types.js';

/** Points of float64, as many values of y as of x. */
interface Points {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** Residuals by parameters, curve − y, and their slopes where the caller knows them; and both times weights. */
export class Curve implements ResidualFunctions {
  readonly weighing = 'weights';
  readonly loss = 'linear';
  readonly scale = 1;
  readonly jacobian: ((params: Float64Array) => number[][]) | undefined;

  constructor(
    private readonly points: Points,
    /** What residuals are multiplied by: the roots of the weights of their squares. */
    readonly roots: Float64Array,
    private readonly at: ParameterizedFunction,
    slopes: JacobianFunction | undefined,
  ) {
    this.jacobian = slopes && ((params) => this.along(slopes(Array.from(params)), (row) => Array.from(row)));
  }

  private along<T, U>(curve: (x: number) => T, made: (value: T) => U): U[] {
    return Array.from(this.points.x, (x) => made(curve(x)));
  }

  residuals(params: Float64Array): Float64Array {
    const curve = this.at(Array.from(params));
    const { x, y } = this.points;
    return x.map((point, i) => curve(point) - y[i]!);
  }

  /** Residuals times weights; what weighs nothing may be anything. */
  weighted(params: Float64Array): Float64Array {
    return this.residuals(params).map((e, i) => (this.roots[i] === 0 ? 0 : e * this.roots[i]!));
  }
}
