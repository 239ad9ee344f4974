// What a network that learns pattern by pattern computes, written as its equations: plain numbers, no vectors. Weights are
// float32 after each change, as they are kept; everything between is float64.

export interface TwinOptions {
  readonly activation: 'sigmoid' | 'relu' | 'leaky-relu' | 'tanh' | 'v1-leaky-relu';
  readonly alpha: number;
}

type Matrix = Float32Array[];

const ACTIVATIONS = {
  sigmoid: { value: (y: number) => 1 / (1 + Math.exp(-y)), slope: (a: number) => a * (1 - a) },
  tanh: { value: (y: number) => Math.tanh(y), slope: (a: number) => 1 - a * a },
  relu: { value: (y: number) => (y < 0 ? 0 : y), slope: (a: number) => (a > 0 ? 1 : 0) },
  'leaky-relu': {
    value: (y: number, alpha: number) => (y < 0 ? alpha * y : y),
    slope: (a: number, alpha: number) => (a > 0 ? 1 : alpha),
  },
  'v1-leaky-relu': {
    value: (y: number, alpha: number) => (y < 0 ? 0 : alpha * y),
    slope: (a: number, alpha: number) => (a > 0 ? 1 : alpha),
  },
};

/** A network by its equations. Layers are counted from 1; 0 is the input. */
export class Twin {
  readonly weights: Matrix[] = [];
  readonly changes: Matrix[] = [];
  readonly low: Matrix[] = [];
  readonly high: Matrix[] = [];
  readonly biases: Float32Array[] = [];
  readonly biasLow: Float32Array[] = [];
  readonly biasHigh: Float32Array[] = [];
  readonly outputs: number[][] = [];
  readonly errors: number[][] = [];
  readonly deltas: number[][] = [];
  step = 0;

  constructor(
    readonly sizes: readonly number[],
    private readonly options: TwinOptions,
  ) {
    sizes.forEach((units, l) => {
      if (l === 0) return;
      for (const kernel of [this.weights, this.changes, this.low, this.high]) {
        kernel[l] = Array.from({ length: units }, () => new Float32Array(sizes[l - 1]!));
      }
      for (const bias of [this.biases, this.biasLow, this.biasHigh]) bias[l] = new Float32Array(units);
    });
  }

  run(input: ArrayLike<number>): number[] {
    const { value } = ACTIVATIONS[this.options.activation];
    this.outputs[0] = Array.from(input);
    for (let l = 1; l < this.sizes.length; l++) {
      const below = this.outputs[l - 1]!;
      this.outputs[l] = this.weights[l]!.map((row, j) => {
        const y = row.reduce((sum, w, k) => sum + w * below[k]!, this.biases[l]![j]!);
        return value(y, this.options.alpha);
      });
    }
    return this.outputs.at(-1)!;
  }

  calculateDeltas(target: ArrayLike<number>): void {
    const { slope } = ACTIVATIONS[this.options.activation];
    for (let l = this.sizes.length - 1; l >= 0; l--) {
      const above = this.weights[l + 1];
      this.errors[l] = this.outputs[l]!.map((a, k) =>
        above ? above.reduce((sum, row, j) => sum + this.deltas[l + 1]![j]! * row[k]!, 0) : target[k]! - a,
      );
      this.deltas[l] = this.errors[l]!.map((e, k) => e * slope(this.outputs[l]![k]!, this.options.alpha));
    }
  }

  adjustMomentum(rate: number, momentum: number): void {
    for (let l = 1; l < this.sizes.length; l++) {
      this.weights[l]!.forEach((row, j) => {
        const delta = this.deltas[l]![j]!;
        const changes = this.changes[l]![j]!;
        row.forEach((_, k) => {
          changes[k] = rate * delta * this.outputs[l - 1]![k]! + momentum * changes[k]!;
          row[k]! += changes[k]!;
        });
        this.biases[l]![j]! += rate * delta;
      });
    }
  }

  adjustAdam(rate: number, beta1: number, beta2: number, epsilon: number): void {
    this.step++;
    const move = (low: number, high: number) =>
      (rate * low) / (1 - beta1 ** this.step) / (Math.sqrt(high / (1 - beta2 ** this.step)) + epsilon);
    for (let l = 1; l < this.sizes.length; l++) {
      this.weights[l]!.forEach((row, j) => {
        const delta = this.deltas[l]![j]!;
        const low = this.low[l]![j]!;
        const high = this.high[l]![j]!;
        row.forEach((_, k) => {
          const g = delta * this.outputs[l - 1]![k]!;
          low[k] = beta1 * low[k]! + (1 - beta1) * g;
          high[k] = beta2 * high[k]! + (1 - beta2) * g * g;
          row[k]! += move(low[k]!, high[k]!);
        });
        // The moments of the step before
        this.biases[l]![j]! += move(this.biasLow[l]![j]!, this.biasHigh[l]![j]!);
        this.biasLow[l]![j] = beta1 * this.biasLow[l]![j]! + (1 - beta1) * delta;
        this.biasHigh[l]![j] = beta2 * this.biasHigh[l]![j]! + (1 - beta2) * delta * delta;
      });
    }
  }
}
