// BatchNormalization over all but the last axis, and LayerNormalization over the last axes.

import { zeros } from '../memory.js';
import type { Slot } from '../parameters.js';
import { Operation, type Pass, type Place } from './operation.js';

/** Both: x̂·γ + β, where a layer without γ or β has ones or zeros in their place. */
abstract class Norm extends Operation {
  override readonly slots: readonly Slot[];
  protected xhat = 0;
  protected inverse = 0;
  private ones = 0;
  private zeros = 0;

  constructor(
    protected readonly times: number,
    protected readonly units: number,
    protected readonly epsilon: number,
    private readonly scale: Slot | undefined,
    private readonly offset: Slot | undefined,
    others: readonly Slot[],
  ) {
    super(times * units, times * units);
    this.slots = [scale, offset, ...others].filter((slot) => slot !== undefined);
  }

  override place(place: Place, x: number): void {
    super.place(place, x);
    this.xhat = zeros(place, place.rows * this.outputs);
    if (!this.offset) this.zeros = zeros(place, this.units);
    if (this.scale) return;
    this.ones = zeros(place, this.units);
    new Float32Array(place.heap.buffer, this.ones, this.units).fill(1);
  }

  protected get gamma(): number {
    return this.scale?.address ?? this.ones;
  }

  protected get beta(): number {
    return this.offset?.address ?? this.zeros;
  }

  private gammaGradient = 0;
  private betaGradient = 0;

  override placeBack(place: Place, dy: number, wanted: boolean): void {
    super.placeBack(place, dy, wanted);
    // Both are found at once; the one that nobody learns goes nowhere.
    const nowhere = this.scale?.gradient && this.offset?.gradient ? 0 : zeros(place, this.units);
    this.gammaGradient = this.scale?.gradient || nowhere;
    this.betaGradient = this.offset?.gradient || nowhere;
  }

  protected gradients(rows: number): void {
    if (!this.scale?.gradient && !this.offset?.gradient) return;
    this.core.normGradient(rows, this.units, this.dy, this.xhat, this.gammaGradient, this.betaGradient, 0);
  }
}

export class BatchNormalization extends Norm {
  private mean = 0;

  constructor(
    times: number,
    units: number,
    epsilon: number,
    private readonly momentum: number,
    gamma: Slot | undefined,
    beta: Slot | undefined,
    private readonly movingMean: Slot,
    private readonly movingVariance: Slot,
  ) {
    super(times, units, epsilon, gamma, beta, [movingMean, movingVariance]);
  }

  override place(place: Place, x: number): void {
    super.place(place, x);
    this.mean = zeros(place, this.units);
    this.inverse = zeros(place, this.units);
  }

  forward(samples: number, { training }: Pass): void {
    const { core, units, x, epsilon, inverse, movingMean, movingVariance } = this;
    const rows = samples * this.times;
    if (training)
      core.batchMoments(rows, units, x, this.mean, inverse, epsilon, movingMean.address, movingVariance.address, this.momentum);
    else core.inverseDeviations(units, movingVariance.address, epsilon, inverse);
    core.batchNormForward(
      rows,
      units,
      x,
      training ? this.mean : movingMean.address,
      inverse,
      this.gamma,
      this.beta,
      this.xhat,
      this.y,
    );
  }

  backward(samples: number): void {
    const rows = samples * this.times;
    this.gradients(rows);
    if (this.dx) this.core.batchNormBackward(rows, this.units, this.dy, this.xhat, this.inverse, this.gamma, 1, this.dx);
  }
}

export class LayerNormalization extends Norm {
  constructor(times: number, units: number, epsilon: number, gamma: Slot | undefined, beta: Slot | undefined) {
    super(times, units, epsilon, gamma, beta, []);
  }

  override place(place: Place, x: number): void {
    super.place(place, x);
    this.inverse = zeros(place, place.rows * this.times);
  }

  forward(samples: number): void {
    const { core, units, epsilon } = this;
    core.layerNormForward(samples * this.times, units, this.x, this.inverse, epsilon, this.gamma, this.beta, this.xhat, this.y);
  }

  backward(samples: number): void {
    const rows = samples * this.times;
    this.gradients(rows);
    if (this.dx) this.core.layerNormBackward(rows, this.units, this.dy, this.xhat, this.inverse, this.gamma, this.dx);
  }
}
