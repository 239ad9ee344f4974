// A small fit whose result must be the same to the last bit on every machine and in every runtime.

import { type FitOptions, Network, type NetworkOptions, type Precision, dense, sgd } from '../src/index.js';

/**
 * What `trainedBits` gives. It changes only when the arithmetic, its order, or what is drawn from the seed changes: that is a
 * change of results for users, to be told in the CHANGELOG.
 */
export const BITS: Record<Precision, string> = { float32: '3dae50413b808c73', float64: '85c19a7059807f83' };

/** Inputs and classes by integer arithmetic alone. */
const ROWS = Array.from({ length: 97 }, (_, r) => [
  ((r * 37) % 64) / 32 - 1,
  ((r * 29) % 128) / 64 - 1,
  ((r * 11) % 32) / 16 - 1,
]);
const CLASSES = ROWS.map(([a, b, c]) => (a! * b! > 0.125 ? 0 : c! > 0 ? 1 : 2));

interface Circumstances extends Pick<NetworkOptions, 'threads'>, Pick<FitOptions, 'background'> {}

/**
 * Weights, predictions and losses after two fits that take many paths of the kernels, as a hash: on batches, and one sample at a
 * time.
 */
export async function trainedBits(precision: Precision, circumstances: Circumstances = {}): Promise<string> {
  const batches = await trained(
    precision,
    [
      dense(19, { activation: 'lecunTanh', biasInit: 'zeros' }),
      dense(13, { activation: 'gelu', biasInit: 'zeros' }),
      dense(11, { activation: 'softplus', init: 'heUniform', biasInit: 'zeros' }),
      dense(7, { activation: 'elu', biasInit: 'zeros' }),
    ],
    { method: sgd({ rate: 0.05, momentum: 0.9, nesterov: true, weightDecay: 1e-3 }), epochs: 12, batchSize: 10 },
    circumstances,
  );
  const online = await trained(
    precision,
    [dense(64, { activation: 'lecunTanh', biasInit: 'zeros' }), dense(61, { activation: 'tanh', biasInit: 'zeros' })],
    { method: sgd({ rate: 0.01, momentum: 0.9 }), epochs: 2, batchSize: 1 },
    circumstances,
  );
  return hash([...batches, ...online]);
}

async function trained(
  precision: Precision,
  hidden: ReturnType<typeof dense>[],
  options: FitOptions,
  { threads = 'auto', background = false }: Circumstances,
): Promise<ArrayBufferView[]> {
  const layers = [...hidden, dense(3, { activation: 'softmax' })];
  const net = await Network.create({ inputs: 3, layers, loss: 'crossEntropy', precision, numerics: 'strict', seed: 1, threads });
  const history = await net.fit(ROWS, CLASSES, { ...options, validation: 0.2, classWeights: 'balanced', background });
  const parts = [...net.getWeights(), net.predict(ROWS), Float64Array.from([...history.loss, ...history.validationLoss])];
  net.dispose();
  return parts;
}

/** FNV-1a with 64 bits, over bytes. */
function hash(parts: readonly ArrayBufferView[]): string {
  let h = 0xcbf29ce484222325n;
  for (const { buffer, byteOffset, byteLength } of parts) {
    for (const byte of new Uint8Array(buffer, byteOffset, byteLength)) {
      h = BigInt.asUintN(64, (h ^ BigInt(byte)) * 0x100000001b3n);
    }
  }
  return h.toString(16).padStart(16, '0');
}
