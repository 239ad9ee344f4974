// npm run bench:brain: the drop-in for brain.js beside brain.js, each by its own train() and run(). A part of `npm run bench`.

import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { summary, uniforms } from '../dist/bench.js';
import * as ours from '../dist/brain/v1.js';
import { digits } from './sets.mjs';
import { checks, show } from './targets.mjs';

const peer = createRequire(import.meta.url)('brain.js');

const XOR = [
  [0, 0, 0],
  [0, 1, 1],
  [1, 0, 1],
  [1, 1, 0],
].map(([a, b, output]) => ({ input: [a, b], output: [output] }));

/** Rows of numbers between 0 and 1. */
function drawn(rows, inputs, outputs) {
  const next = uniforms(3);
  const row = (length) => Array.from({ length }, next);
  return Array.from({ length: rows }, () => ({ input: row(inputs), output: row(outputs) }));
}

const written = () => {
  const { rows, targets } = digits();
  return Array.from({ length: 200 }, (_, i) => ({
    input: rows[i * 50],
    output: Array.from({ length: 10 }, (_, k) => Number(k === targets[i * 50])),
  }));
};

/** Whole trainings of a new network each: until the error is small enough, or so many epochs. */
const TRAININGS = {
  'XOR, the default network': { data: () => XOR, options: {}, repeats: 20, least: 1.5 },
  '4-16-3': {
    data: () => drawn(150, 4, 3),
    options: { hiddenLayers: [16], iterations: 100, errorThresh: 1e-9 },
    repeats: 15,
    least: 4,
  },
  '784-128-10': { data: written, options: { hiddenLayers: [128], iterations: 2, errorThresh: 1e-9 }, repeats: 9, least: 15 },
};

/** Both start with the same weights: brain.js draws them with Math.random. */
function seeded(seed, work) {
  const { random } = Math;
  Math.random = uniforms(seed);
  try {
    return work();
  } finally {
    Math.random = random;
  }
}

function training({ NeuralNetwork }, data, options, seed) {
  return seeded(seed, () => {
    const net = new NeuralNetwork(options);
    const before = performance.now();
    const { iterations } = net.train(data, options);
    return { time: performance.now() - before, iterations };
  });
}

function trainings(add) {
  for (const [name, { data, options, repeats, least }] of Object.entries(TRAININGS)) {
    const set = data();
    const times = { ours: [], theirs: [] };
    for (let i = -3; i < repeats; i++) {
      const [a, b] = [training(ours, set, options, 100 + i), training(peer, set, options, 100 + i)];
      if (i < 0) continue;
      times.ours.push(a.time / a.iterations);
      times.theirs.push(b.time / b.iterations);
    }
    const [mine, other] = [summary(times.ours).median, summary(times.theirs).median];
    const perPattern = (time) => ((1e3 * time) / set.length).toFixed(3);
    console.log(`${name}: ${perPattern(mine)} µs a pattern, brain.js ${perPattern(other)}`);
    add(`training ${name}: times faster than brain.js`, other / mine, { least }, '×');
  }
}

/** One input at a time, through the network that `options` and data make. */
function runs(add) {
  for (const [name, { data, options }] of Object.entries(TRAININGS)) {
    const set = data();
    const nets = [ours, peer].map(({ NeuralNetwork }) => {
      const net = new NeuralNetwork(options);
      net.train(set, { ...options, iterations: 1 });
      return { net, times: [] };
    });
    const calls = set[0].input.length > 100 ? 300 : 20_000;
    for (let round = -5; round < 15; round++) {
      for (const { net, times } of nets) {
        const before = performance.now();
        for (let i = 0; i < calls; i++) net.run(set[i % set.length].input);
        if (round >= 0) times.push((1e3 * (performance.now() - before)) / calls);
      }
    }
    const [mine, other] = nets.map(({ times }) => summary(times).median);
    console.log(`${name}: run() ${mine.toFixed(3)} µs, brain.js ${other.toFixed(3)}`);
    add(`run() of ${name}: times brain.js's`, mine / other, { most: 1 }, '×');
  }
}

const FIRST = (file, seed) => `
  const { createRequire } = require('node:module');
  let state = ${12345 + 7919 * seed}; // the same weights for both: how many epochs XOR takes is a matter of luck
  Math.random = () => (state = (state * 16807) % 2147483647) / 2147483647;
  const XOR = ${JSON.stringify(XOR)};
  const before = performance.now();
  const { NeuralNetwork } = require(${JSON.stringify(file)});
  const imported = performance.now();
  new NeuralNetwork().train(XOR);
  console.log(performance.now() - imported, performance.now() - before);
`;

/** The first training of a process, which compiles everything, alone and with the import. */
function first(add) {
  const files = [
    fileURLToPath(new URL('../dist/cjs/brain/v1.cjs', import.meta.url)),
    createRequire(import.meta.url).resolve('brain.js'),
  ];
  const found = files.map(() => ({ training: [], all: [] }));
  for (let i = 0; i < 15; i++) {
    files.forEach((file, who) => {
      const said = execFileSync(process.execPath, ['-e', FIRST(file, i + 1)], { encoding: 'utf8' });
      const [train, all] = said.split(' ').map(Number);
      found[who].training.push(train);
      found[who].all.push(all);
    });
  }
  for (const part of ['training', 'all']) {
    const [mine, other] = found.map((each) => summary(each[part]).median);
    console.log(`first training${part === 'all' ? ' with the import' : ''}: ${mine.toFixed(1)} ms, brain.js ${other.toFixed(1)}`);
    add(
      `first training of a process${part === 'all' ? ' with the import' : ''}: times brain.js's`,
      mine / other,
      { most: 1 },
      '×',
    );
  }
}

export function measureBesideBrain(add) {
  trainings(add);
  runs(add);
  first(add);
}

if (import.meta.url === `file://${process.argv[1]}`) {
  const { list, add } = checks();
  measureBesideBrain(add);
  show(list);
}
