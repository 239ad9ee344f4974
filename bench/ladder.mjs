// The ladder: networks from small to large, and the data that they learn. float32, momentum 0.9.

/** A small, fast, seeded generator (xorshift128+ is more than enough here): uniform on [0, 1). */
export function uniforms(seed) {
  let a = (seed * 0x9e3779b9) >>> 0 || 1;
  return () => {
    a ^= a << 13;
    a ^= a >>> 17;
    a ^= a << 5;
    a >>>= 0;
    return a / 2 ** 32;
  };
}

const rung = (sizes, batch, activation, loss) => ({ name: `${sizes.join('-')} b${batch}`, sizes, batch, activation, loss });

export const LADDER = [
  rung([784, 128, 10], 1, 'tanh', 'crossEntropy'),
  rung([784, 128, 10], 32, 'tanh', 'crossEntropy'),
  rung([784, 128, 10], 128, 'tanh', 'crossEntropy'),
  rung([784, 512, 512, 10], 128, 'relu', 'crossEntropy'),
  rung([8, 64, 64, 1], 64, 'tanh', 'meanSquaredError'),
  rung([4, 16, 3], 1, 'tanh', 'crossEntropy'),
  rung([4, 16, 3], 16, 'tanh', 'crossEntropy'),
  rung([1, 10, 1], 100, 'tanh', 'meanSquaredError'),
];

/** The learning rate of a rung: small enough for every contender to learn by. */
export const RATE = 0.005;
export const MOMENTUM = 0.9;

/** Patterns of a rung: whole batches, a few of them. */
export function patterns({ sizes, batch, loss }) {
  const inputs = sizes[0];
  const outputs = sizes.at(-1);
  const rows = batch === 1 ? 256 : batch * (batch >= 100 ? 4 : 16);
  const next = uniforms(7);
  const x = Float32Array.from({ length: rows * inputs }, () => (next() - 0.5) * Math.sqrt(12)); // mean 0, variance 1
  const y = new Float32Array(rows * outputs);
  for (let r = 0; r < rows; r++) {
    const row = x.subarray(r * inputs, (r + 1) * inputs);
    if (loss === 'crossEntropy') {
      // The class is the largest of a few sums of inputs: learnable, and known.
      let best = 0;
      const sum = (c) => row.reduce((s, v, i) => (i % outputs === c ? s + v : s), 0);
      for (let c = 1; c < outputs; c++) if (sum(c) > sum(best)) best = c;
      y[r * outputs + best] = 1;
    } else y[r] = Math.sin(row[0]) + 0.5 * (row[1] ?? 0);
  }
  return { x, y, rows, inputs, outputs };
}

/** Multiply-adds of a step's matrix products: forward, weight gradients, and input gradients of all layers but the first. */
export function products({ sizes, batch }) {
  let sum = 0;
  for (let i = 1; i < sizes.length; i++) sum += (i === 1 ? 2 : 3) * sizes[i - 1] * sizes[i];
  return sum * batch;
}
