// What every runtime does: it trains the same networks, and says what came of them. Scripts are made of the text of these
// functions and of what imports the package (project.mjs), as ES modules and as CommonJS.

/** A number that stands for bytes: FNV-1a. */
export function hashOf(bytes) {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0');
}

/** A class of brain.js's after some training of exclusive or, from weights that are always the same. */
export function exclusiveOr(NeuralNetwork) {
  const { random } = Math;
  let state = 1;
  Math.random = () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
  try {
    const net = new NeuralNetwork({ hiddenLayers: [3] });
    const patterns = [0, 1, 2, 3].map((i) => ({ input: [i & 1, i >> 1], output: [(i & 1) ^ (i >> 1)] }));
    net.train(patterns, { iterations: 300 });
    return hashOf(patterns.flatMap(({ input }) => [...new Uint8Array(Float32Array.from(net.run(input)).buffer)]));
  } finally {
    Math.random = random;
  }
}

/**
 * The same rows from text, a file, a stream, gzip and Parquet; what was read of each.
 * @param parquet the bytes of Parquet in base64
 * @param gzip the rows as NDJSON, likewise
 */
export async function tablesOf(readTable, { parquet, gzip }) {
  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const rows = [
    { city: 'Bern', size: 1163.5, when: new Date(Date.UTC(2024, 0, 3)) },
    { city: 'Zürich', size: 2, when: new Date(Date.UTC(2024, 4, 4)) },
  ];
  const csv = 'city;size;when\nBern;1.163,5;3 Jan 2024\nZürich;2;4 May 2024\n';
  const sources = {
    text: csv,
    json: JSON.stringify(rows.map(({ city, size }, i) => ({ city, size, when: ['Jan 3, 2024', '2024-05-04'][i] }))),
    // jsdom's cannot be read.
    ...(new Blob([]).stream && { file: new File([csv], 't.csv'), stream: new Blob([csv]).stream() }),
    ...(typeof TextDecoder === 'function' && { gzip: bytes(gzip) }), // nor has it what makes text of bytes
    parquet: bytes(parquet),
  };
  const found = { file: true, stream: true, gzip: true };
  for (const [name, source] of Object.entries(sources)) {
    try {
      found[name] = JSON.stringify((await readTable(source)).records()) === JSON.stringify(rows);
    } catch (error) {
      // Where there are no workers, that is said.
      const lacks = error.name === 'UnsupportedError' && /workers?/.test(error.message) && typeof Worker === 'undefined';
      found[name] = (name === 'parquet' && lacks) || String(error);
    }
  }
  return found;
}

/** Hashes of what was trained, and what the package said of threads, where it said anything. */
export async function trained({ Classifier, Network, dense, loadModel, brain, brainV1, readTable, tables }) {
  const said = [];
  const { info } = console;
  console.info = (text) => said.push(text);
  try {
    const X = Array.from({ length: 256 }, (_, i) => [((i * 37) % 101) / 101, ((i * 53) % 89) / 89]);
    const Y = X.map(([a, b]) => (a * a + b > 0.8 ? 1 : a < b ? 2 : 0));
    /** Weights after a few epochs. */
    const network = async (options, fit) => {
      const layers = [dense(40, { activation: 'tanh' }), dense(3, { activation: 'softmax' })];
      const net = await Network.create({ inputs: 2, layers, loss: 'crossEntropy', seed: 1, numerics: 'strict', ...options });
      await net.fit(X, Y, { epochs: 12, batchSize: 64, ...fit });
      const hash = hashOf(net.getWeights().flatMap((w) => [...new Uint8Array(w.buffer, w.byteOffset, w.byteLength)]));
      net.dispose();
      return hash;
    };
    const labels = Y.map((y) => ['low', 'high', 'left'][y]);
    const options = { seed: 1, hidden: 8, members: 1, weightDecay: 1e-3, epochs: 20, numerics: 'strict', threads: 1 };
    const model = await Classifier.fit(X, labels, options);
    const probabilities = JSON.stringify(model.predictProbabilities(X));
    const float32 = await network({ threads: 1 });
    const found = {
      float32,
      float64: await network({ threads: 1, precision: 'float64' }),
      brain: [brain, brainV1].map(exclusiveOr).join(),
      classifier: hashOf(probabilities.split('').map((c) => c.charCodeAt(0))),
      // A model's file is read as it was written.
      loaded: JSON.stringify((await loadModel(model.toBytes())).predictProbabilities(X)) === probabilities,
      // The same, as results do not depend on threads: on two of them, and in the background.
      same: [await network({ threads: 2 }), await network({ threads: 1 }, { background: true })].every((h) => h === float32),
      tables: await tablesOf(readTable, tables),
      // With the instructions that this machine has: which bits, nobody knows.
      fast: (await network({ threads: 1, numerics: 'fast' })).length === 8,
    };
    return { found, said };
  } finally {
    console.info = info;
  }
}
