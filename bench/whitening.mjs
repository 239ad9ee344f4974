// npm run bench:whitening: what learning a whitening takes. Large: beside the time that the products of the covariance (2·N·I²
// multiplications and additions) would take at the machine's limit in float64. Small: by itself.

import { normalize } from '../dist/index.js';
import { limitLoops } from '../dist/bench.js';

/** Learning a large whitening: so many times its products, plus seconds for eigenvectors; a small one: seconds. */
const LARGE = { ratio: 1.5, seconds: 3 };
const SMALL = { seconds: 50e-6 };

/** Correlated rows: each number is a share of the one before it, plus something of its own. */
function rows(count, columns) {
  const data = new Float64Array(count * columns);
  let state = 1;
  for (let i = 0; i < data.length; i++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    data[i] = state / 2 ** 32 + (i % columns > 0 ? 0.5 * data[i - 1] : 0);
  }
  return { data, shape: [count, columns] };
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

async function seconds(X) {
  const before = performance.now();
  await normalize.decorrelate().fit(X);
  return (performance.now() - before) / 1000;
}

const loops = await limitLoops(['float64'], ['strict']); // normalisation computes the same bits everywhere
const large = rows(60_000, 784);
const times = [];
for (let round = 0; round < 5; round++) {
  loops.measure('float64', 'strict');
  times.push(await seconds(large));
}
loops.measure('float64', 'strict');
const products = (2 * 60_000 * 784 * 784) / (loops.best.strict.float64 * 1e9);
const small = rows(150, 4);
for (let i = 0; i < 2000; i++) await seconds(small);
const short = [];
for (let i = 0; i < 501; i++) short.push(await seconds(small));
const most = LARGE.ratio * products + LARGE.seconds;
console.log(
  `limit in float64: ${loops.best.strict.float64.toFixed(1)} GFLOP/s; products of 60,000×784 at that: ${products.toFixed(2)} s`,
);
console.table([
  {
    rows: '60,000×784',
    'median s': median(times),
    'range s': `${Math.min(...times).toFixed(2)}–${Math.max(...times).toFixed(2)}`,
    'target s': most,
    met: median(times) <= most ? 'yes' : 'NO',
  },
  {
    rows: '150×4',
    'median s': median(short),
    'range s': `${Math.min(...short)}–${Math.max(...short)}`,
    'target s': SMALL.seconds,
    met: median(short) <= SMALL.seconds ? 'yes' : 'NO',
  },
]);
