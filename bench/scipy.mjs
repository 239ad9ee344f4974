// Time to a loss beside SciPy's and PyTorch's methods of the same names: sinc, 1-15-1, 100 points, one thread, the same starts,
// fit by fit in turn. Where python3 has them.

import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Network, bfgs, dataset, dense, lbfgs, levenbergMarquardt } from '../dist/index.js';

const SCRIPT = fileURLToPath(new URL('contenders/second_order.py', import.meta.url));
const PYTHON = process.env.PYTHON ?? 'python3';
const STARTS = 5;

const GOALS = [
  ['levenbergMarquardt', 1e-4, () => levenbergMarquardt({ minGrad: 0 }), "SciPy's least_squares(method='lm')", 8],
  ['levenbergMarquardt', 1e-7, () => levenbergMarquardt({ minGrad: 0 }), "SciPy's least_squares(method='lm')", 7],
  ['bfgs', 1e-4, () => bfgs(), "SciPy's minimize(method='BFGS')", 5],
  ['lbfgs', 1e-4, () => lbfgs(), "PyTorch's LBFGS", 15],
];

const least = (list) => list.reduce((a, b) => Math.min(a, b));
/** A quantile: a low one of times on a machine that has other things to do. */
const quantile = (list, q) => [...list].sort((a, b) => a - b)[Math.floor(q * list.length)];

/** Whether there is somebody to compare with. */
const hasPeer = () => spawnSync(PYTHON, ['-c', 'import scipy']).status === 0;

/** The lower quartile of the times of each fit, ours and theirs, over so many rounds. */
export async function measureBesideScipy(rounds, add) {
  if (!hasPeer()) {
    console.log('python3 has no scipy: nothing to compare methods of second order with');
    return;
  }
  const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };
  const peer = spawn(PYTHON, [SCRIPT], { stdio: ['pipe', 'pipe', 'inherit'], env });
  const answers = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();
  const theirs = async (asked) => {
    peer.stdin.write(`${JSON.stringify(asked)}\n`);
    return Number((await answers.next()).value);
  };
  const at = Array.from({ length: 100 }, (_, i) => -10 + (20 * i) / 99);
  const data = dataset(
    at.map((x) => [x / 5]),
    at.map((x) => [Math.sin(x) / x]),
  );
  const layers = [dense(15, { activation: 'tanh' }), dense(1)];
  const make = (seed) => Network.create({ inputs: 1, layers, loss: 'meanSquaredError', precision: 'float64', seed, threads: 1 });
  const net = await make(1);
  const starts = [];
  for (let seed = 1; seed <= STARTS; seed++) starts.push((await make(seed)).getWeights());
  for (const [method, goal, rule, name, wanted] of GOALS) {
    const ours = async (start) => {
      net.setWeights(start);
      const before = performance.now();
      const { reason } = await net.fit(data, { method: rule(), goal, epochs: 5000 });
      if (reason !== 'goal') throw new Error(`${method} ended with ${reason}`);
      return performance.now() - before;
    };
    const first = await ours(starts[0]);
    for (let k = 0; k < 200; k++) await ours(starts[k % STARTS]);
    const ratios = [];
    let warm = Infinity;
    for (const start of starts) {
      const flat = start.flatMap((w) => [...w]);
      const [own, other] = [[], []];
      for (let round = 0; round < rounds; round++) {
        for (let k = 0; k < 10; k++) own.push(await ours(start));
        other.push(await theirs({ method, start: flat, goal }));
      }
      warm = Math.min(warm, quantile(own, 0.25));
      ratios.push(quantile(other, 0.25) / quantile(own, 0.25));
    }
    if (!(least(ratios) > 0)) {
      console.log(`${PYTHON} has nothing to compare ${method} with`);
      continue;
    }
    add(
      `${method}, sinc to ${goal}: times as fast as ${name} (${warm.toFixed(2)} ms)`,
      quantile(ratios, 0.5),
      { least: wanted },
      '×',
    );
    console.log(
      `${method} to ${goal}: ${ratios.map((r) => r.toFixed(1)).join(' ')} for each start; its first fit here took ${first.toFixed(1)} ms`,
    );
  }
  peer.stdin.end();
  net.dispose();
}
