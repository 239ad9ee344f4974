// npm run bench:tfjs: accelerated models of TensorFlow.js beside TensorFlow.js's own training on WebAssembly, both by model.fit.
// A part of `npm run bench`.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { summary, uniforms } from '../dist/bench.js';
import { accelerate } from '../dist/tfjs.js';
import './contenders/tfjs.mjs'; // TensorFlow.js in production, with its WebAssembly
import { digits } from './sets.mjs';
import { checks, show } from './targets.mjs';

const { dense } = layers;

/** Rows of numbers between −1 and 1, and their classes, of which each has a mean of its own. */
function drawn(rows, inputs, classes) {
  const next = uniforms(5);
  const labels = Array.from({ length: rows }, (_, row) => row % classes);
  const data = labels.map((label) =>
    Array.from({ length: inputs }, (_, i) => next() - 0.5 + Math.sin((label + 1) * (i + 1)) / 2),
  );
  return { rows: data, targets: labels };
}

function written(count) {
  const { rows, targets } = digits();
  const stride = Math.floor(rows.length / count);
  const pick = (list) => Array.from({ length: count }, (_, i) => list[i * stride]);
  return { rows: pick(rows), targets: pick(targets) };
}

const CASES = {
  '784-128-10, batches of 32': {
    data: () => written(1600),
    layers: () => [dense({ units: 128, activation: 'relu', inputShape: [784] }), dense({ units: 10, activation: 'softmax' })],
    optimizer: () => tf.train.sgd(0.1),
    args: { batchSize: 32, epochs: 2 },
    rounds: 7,
    least: 14,
  },
  'sensor classifier, 160 rows': {
    data: () => drawn(160, 24, 4),
    layers: () => [
      layers.batchNormalization({ inputShape: [24] }),
      dense({ units: 16, activation: 'relu' }),
      dense({ units: 4, activation: 'softmax' }),
    ],
    optimizer: () => tf.train.sgd(0.5),
    args: { batchSize: 16, epochs: 80, validationSplit: 0.1 },
    rounds: 9,
    least: 100,
    leastFirst: 40,
  },
  'transfer-learning head, 200 embeddings of 1280 numbers': {
    data: () => drawn(200, 1280, 5),
    layers: () => [
      dense({ units: 100, activation: 'relu', inputShape: [1280] }),
      layers.dropout({ rate: 0.3 }),
      dense({ units: 5, activation: 'softmax' }),
    ],
    optimizer: () => tf.train.adam(1e-3),
    args: { batchSize: 16, epochs: 50 },
    rounds: 5,
    least: 10,
  },
};

/** A case's tensors, and new compiled models for them. */
function prepared({ data, layers: layersOf, optimizer }) {
  const { rows, targets } = data();
  const x = tf.tensor2d(rows);
  const y = tf.tidy(() => tf.cast(tf.oneHot(tf.tensor1d(targets, 'int32'), Math.max(...targets) + 1), 'float32'));
  const model = () => {
    const made = sequential({ layers: layersOf() });
    made.compile({ optimizer: optimizer(), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
    return made;
  };
  return { x, y, model };
}

/** Milliseconds of a fit that reports each batch and each epoch. */
async function timeOfFit(model, { x, y }, args) {
  let heard = 0;
  const callbacks = { onBatchEnd: () => void heard++, onEpochEnd: () => void heard++ };
  const before = performance.now();
  await model.fit(x, y, { ...args, verbose: 0, callbacks });
  const time = performance.now() - before;
  if (heard === 0) throw new Error('no callback was called');
  return time;
}

const OURS = 'efficient-backprop';
const THEIRS = 'tfjs-wasm';

async function fits(add) {
  for (const [name, { args, rounds, least, ...made }] of Object.entries(CASES)) {
    const set = prepared(made);
    const times = { [OURS]: [], [THEIRS]: [] };
    for (let round = -2; round < rounds; round++) {
      for (const who of [OURS, THEIRS]) {
        const model = set.model();
        const time = await timeOfFit(who === OURS ? accelerate(model) : model, set, args);
        if (round >= 0) times[who].push(time);
        model.dispose();
      }
    }
    const [ours, theirs] = [summary(times[OURS]), summary(times[THEIRS])];
    const said = ({ median, low, high }) => `${median.toFixed(1)} ms (${low.toFixed(1)} to ${high.toFixed(1)})`;
    console.log(`${name}: fit() ${said(ours)}, TensorFlow.js ${said(theirs)}`);
    add(`${name}: times faster than tfjs-wasm`, theirs.median / ours.median, { least }, '×');
    tf.dispose([set.x, set.y]);
  }
}

/** predict and evaluate of models that have been fitted, in calls of one row and of many. */
async function answers(add) {
  for (const [name, { args, ...made }] of Object.entries(CASES)) {
    const { x, y, model } = prepared(made);
    const models = { [OURS]: accelerate(model()), [THEIRS]: model() };
    for (const each of Object.values(models)) await each.fit(x, y, { ...args, epochs: 1, verbose: 0 });
    const one = tf.slice(x, [0, 0], [1, -1]);
    const calls = {
      'predict() of one row': { calls: 100, call: (each) => tf.tidy(() => each.predict(one).dataSync()) },
      'predict() of all rows': { calls: 5, call: (each) => tf.tidy(() => each.predict(x).dataSync()) },
      'evaluate() of all rows': {
        calls: 5,
        call: (each) => tf.tidy(() => each.evaluate(x, y).map((value) => value.dataSync()[0])),
      },
    };
    for (const [what, { calls: count, call }] of Object.entries(calls)) {
      const times = { [OURS]: [], [THEIRS]: [] };
      for (let round = -3; round < 15; round++) {
        for (const [who, each] of Object.entries(models)) {
          const before = performance.now();
          for (let i = 0; i < count; i++) call(each);
          if (round >= 0) times[who].push((performance.now() - before) / count);
        }
      }
      const [ours, theirs] = [summary(times[OURS]).median, summary(times[THEIRS]).median];
      console.log(`${name}: ${what} ${(1e3 * ours).toFixed(1)} µs, TensorFlow.js ${(1e3 * theirs).toFixed(1)} µs`);
      add(`${name}: ${what}, times tfjs-wasm's`, ours / theirs, { most: 1 }, '×');
    }
    for (const each of Object.values(models)) each.dispose();
    tf.dispose([x, y, one]);
  }
}

/** The first fit of a process: everything is compiled, and nothing is warm. */
function firstFits(add) {
  for (const [name, { leastFirst }] of Object.entries(CASES)) {
    if (!leastFirst) continue;
    const times = { [OURS]: [], [THEIRS]: [] };
    for (let round = 0; round < 11; round++) {
      for (const who of [OURS, THEIRS]) {
        const said = execFileSync(process.execPath, [fileURLToPath(import.meta.url), '--first', name, who], { encoding: 'utf8' });
        times[who].push(Number(said.trim().split('\n').at(-1)));
      }
    }
    const [ours, theirs] = [summary(times[OURS]).median, summary(times[THEIRS]).median];
    console.log(`${name}: first fit() of a process ${ours.toFixed(1)} ms, TensorFlow.js ${theirs.toFixed(1)}`);
    add(`${name}: first fit of a process, times faster than tfjs-wasm`, theirs / ours, { least: leastFirst }, '×');
  }
}

const ready = async () => {
  await tf.setBackend('wasm');
  await tf.ready();
};

export async function measureBesideTfjs(add) {
  await ready();
  await fits(add);
  await answers(add);
  firstFits(add);
}

if (import.meta.url === `file://${process.argv[1]}`) {
  await ready();
  const [flag, name, who] = process.argv.slice(2);
  if (flag === '--first') {
    const { args, ...made } = CASES[name];
    const set = prepared(made);
    const model = set.model();
    console.log(await timeOfFit(who === OURS ? accelerate(model) : model, set, args));
  } else {
    const { list, add } = checks();
    await measureBesideTfjs(add);
    show(list);
  }
}
