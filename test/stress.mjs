// Short fits, one after the other and several at once, on one to four threads, here and in the background: `npm run stress [how
// many]`.

/**
 * Does so many fits; throws where one gives other bits than the first of its kind. Returns by how many bytes the process has
 * grown since half of them were done: before, engines enlarge what they have for garbage.
 * @param {typeof import('../src/index.js')} library
 * @param {number} count
 */
export async function stress({ Network, dense, adam, dropout, levenbergMarquardt }, count) {
  const rows = 160;
  const X = { data: Float64Array.from({ length: 3 * rows }, (_, i) => ((i * 37) % 64) / 32 - 1), shape: [rows, 3] };
  const labels = Array.from({ length: rows }, (_, r) => (r * r) % 3);
  const numbers = labels.map((label, r) => label - X.data[3 * r]);
  const softmax = dense(3, { activation: 'softmax' });
  const hidden = dense(24, { activation: 'tanh' });
  const kinds = [
    [{ layers: [hidden, softmax], loss: 'crossEntropy' }, labels, { batchSize: 32, epochs: 3 }],
    [{ layers: [hidden, softmax], loss: 'crossEntropy' }, labels, { batchSize: 'full', epochs: 6, method: adam() }],
    [
      { layers: [hidden, dropout(0.2), softmax], loss: 'crossEntropy', precision: 'float64' },
      labels,
      { batchSize: 50, epochs: 3, validation: 0.3 },
    ],
    [
      { layers: [dense(5, { activation: 'tanh' }), dense(1)], loss: 'meanSquaredError' },
      numbers,
      { method: levenbergMarquardt(), epochs: 2 },
    ],
  ];
  const known = new Map();
  let done = 0;
  const one = async (k) => {
    const kind = k % kinds.length;
    const [network, Y, options] = kinds[kind];
    const net = await Network.create({ inputs: 3, seed: 1, threads: 1 + ((k % 5) % 4), ...network });
    const background = k % 7 < 3;
    const { loss } = await net.fit(X, Y, { ...options, background });
    const bits = [...net.getWeights().map((w) => w.join()), loss.join()].join(';');
    net.dispose();
    if (known.has(kind) && known.get(kind) !== bits) throw new Error(`fit ${k} gave other bits`);
    known.set(kind, bits);
    done++;
  };
  let before = 0;
  for (let k = 0; done < count; ) {
    if (!before && done >= count / 2) before = process.memoryUsage().rss;
    const together = Math.min(1 + (k % 3), count - done);
    await Promise.all(Array.from({ length: together }, () => one(k++)));
  }
  return { resident: process.memoryUsage().rss - before };
}

if (process.argv[1]?.endsWith('stress.mjs')) {
  const count = Number(process.argv[2] ?? 10_000);
  const library = await import('../dist/index.js');
  await stress(library, 500);
  const started = performance.now();
  const { resident } = await stress(library, count);
  const grown = (resident / 2 ** 20).toFixed(1);
  console.log(
    `${count} fits in ${((performance.now() - started) / 1000).toFixed(1)} s; in the second half the process has grown by ${grown} MiB`,
  );
  if (resident > 64 * 2 ** 20) throw new Error('which is a leak');
}
