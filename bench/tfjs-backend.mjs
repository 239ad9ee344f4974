// npm run bench:tfjs-backend: TensorFlow.js's own training and prediction on our backend, beside its WebAssembly and cpu
// backends. A part of `npm run bench`.

import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { summary, uniforms } from '../dist/bench.js';
import { BACKEND } from '../dist/tfjs-backend.js';
import './contenders/tfjs.mjs'; // TensorFlow.js in production, with its backends
import { checks, show } from './targets.mjs';

const { dense } = layers;
const COMPILED = [BACKEND, 'wasm'];
const BACKENDS = [...COMPILED, 'cpu'];
const ROUNDS = 15;

/** sizes: of layers; least: how many times faster than tfjs-wasm it has to be. Those without are not to be slower than either. */
const FITS = {
  '784-128-10, batches of 32': { sizes: [784, 128, 10], batch: 32, rows: 640, optimizer: () => tf.train.sgd(0.1), least: 5 },
  '784-512-512-10, batches of 128': {
    sizes: [784, 512, 512, 10],
    batch: 128,
    rows: 256,
    optimizer: () => tf.train.adam(1e-3),
    least: 5,
    rounds: 7,
  },
  'sensor classifier, 24-16-4, batches of 16': {
    sizes: [24, 16, 4],
    normalised: true,
    batch: 16,
    rows: 160,
    optimizer: () => tf.train.sgd(0.5),
    least: 1.25,
  },
  'transfer-learning head, 1280-100-5, batches of 16': {
    sizes: [1280, 100, 5],
    dropped: 0.3,
    batch: 16,
    rows: 160,
    optimizer: () => tf.train.adam(1e-3),
    least: 2,
  },
  '4-16-3, batches of 16': { sizes: [4, 16, 3], batch: 16, rows: 160, optimizer: () => tf.train.momentum(0.1, 0.9) },
  '4-16-3, batches of 1': { sizes: [4, 16, 3], batch: 1, rows: 20, optimizer: () => tf.train.sgd(0.1) },
  '1-10-1, batches of 100': { sizes: [1, 10, 1], batch: 100, rows: 400, optimizer: () => tf.train.sgd(0.1) },
  '8-64-64-1, batches of 64': { sizes: [8, 64, 64, 1], batch: 64, rows: 640, optimizer: () => tf.train.adam(1e-3) },
};

const PREDICTED = [1, 10, 100, 1000];

const tensor = (shape) => {
  const next = uniforms(7);
  const size = shape.reduce((product, n) => product * n, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, () => next() - 0.5),
    shape,
  );
};

const withinBackend = async (backend, run) => {
  if (tf.getBackend() !== backend) await tf.setBackend(backend);
  return run();
};

/** A compiled model, and rows for it. */
function made({ sizes, rows, optimizer, normalised, dropped }) {
  const classes = sizes.at(-1);
  const model = sequential();
  if (normalised) model.add(layers.batchNormalization({ inputShape: [sizes[0]] }));
  sizes.slice(1).forEach((units, i) => {
    const last = i === sizes.length - 2;
    const activation = last ? (classes > 1 ? 'softmax' : 'linear') : 'relu';
    model.add(dense({ units, activation, ...(i === 0 && !normalised && { inputShape: [sizes[0]] }) }));
    if (dropped && !last) model.add(layers.dropout({ rate: dropped }));
  });
  model.compile({ optimizer: optimizer(), loss: classes > 1 ? 'categoricalCrossentropy' : 'meanSquaredError' });
  const x = tensor([rows, sizes[0]]);
  const y = tf.tidy(() =>
    classes > 1
      ? tf.cast(tf.oneHot(tf.argMax(tf.slice(x, 0, [rows, Math.min(classes, sizes[0])]), 1), classes), 'float32')
      : tensor([rows, 1]),
  );
  return { model, x, y };
}

/** Median milliseconds of interleaved calls on each backend, after two rounds that warm up. prepare: on each backend, a call. */
async function compared(prepare, { rounds = ROUNDS, backends = BACKENDS } = {}) {
  const calls = {};
  const times = {};
  for (const backend of backends) {
    calls[backend] = await withinBackend(backend, prepare);
    times[backend] = [];
  }
  for (let round = -2; round < rounds; round++) {
    for (const backend of backends) {
      await withinBackend(backend, async () => {
        const before = performance.now();
        await calls[backend].run();
        if (round >= 0) times[backend].push(performance.now() - before);
      });
    }
  }
  for (const backend of backends) await withinBackend(backend, () => calls[backend].dispose());
  return Object.fromEntries(backends.map((backend) => [backend, summary(times[backend]).median]));
}

/** The share of a call's time that passes inside of kernels. */
async function shareOfKernels(backend, prepare) {
  const configs = tf.getKernelsForBackend(backend);
  const originals = configs.map(({ kernelFunc }) => kernelFunc);
  let inside = 0;
  let depth = 0;
  configs.forEach((config, i) => {
    config.kernelFunc = (call) => {
      if (depth++ > 0) {
        depth--;
        return originals[i](call);
      }
      const before = performance.now();
      try {
        return originals[i](call);
      } finally {
        inside += performance.now() - before;
        depth = 0;
      }
    };
  });
  try {
    return await withinBackend(backend, async () => {
      const { run, dispose } = await prepare();
      await run();
      inside = 0;
      const before = performance.now();
      for (let i = 0; i < 3; i++) await run();
      const share = inside / (performance.now() - before);
      dispose();
      return share;
    });
  } finally {
    configs.forEach((config, i) => {
      config.kernelFunc = originals[i];
    });
  }
}

const said = (name, times, unit) =>
  console.log(
    `${name}: ${Object.entries(times)
      .map(([backend, time]) => `${backend} ${(time / unit).toFixed(3)} ms`)
      .join(', ')}`,
  );

async function fits(add) {
  for (const [name, { least, rounds, ...of }] of Object.entries(FITS)) {
    const args = { epochs: 1, batchSize: of.batch, verbose: 0, shuffle: false, yieldEvery: 'never' };
    const prepare = async () => {
      const { model, x, y } = made(of);
      return {
        run: () => model.fit(x, y, args),
        dispose: () => {
          model.dispose();
          tf.dispose([x, y]);
        },
      };
    };
    // Only small models run on the cpu backend too: its large products take seconds.
    const backends = least ? COMPILED : BACKENDS;
    const times = await compared(prepare, { rounds, backends });
    said(`${name}: a step of fit()`, times, of.rows / of.batch);
    for (const backend of COMPILED) {
      const share = await shareOfKernels(backend, prepare);
      console.log(`  of it inside of kernels on ${backend}: ${(100 * share).toFixed(0)} %`);
    }
    if (least) add(`${name}: fit on our backend, times faster than tfjs-wasm`, times.wasm / times[BACKEND], { least }, '×');
    else {
      const best = Math.min(times.wasm, times.cpu);
      add(`${name}: fit on our backend, times the faster of tfjs-wasm and tfjs-cpu`, times[BACKEND] / best, { most: 1.1 }, '×');
    }
  }
}

async function predictions(add) {
  for (const sizes of [
    [4, 16, 3],
    [784, 128, 10],
  ]) {
    for (const rows of PREDICTED) {
      const prepare = async () => {
        const { model, x, y } = made({ sizes, rows, optimizer: () => tf.train.sgd(0.1) });
        const calls = rows < 100 ? 50 : 5;
        return {
          run: () => {
            for (let i = 0; i < calls; i++) tf.tidy(() => model.predict(x).dataSync());
          },
          dispose: () => {
            model.dispose();
            tf.dispose([x, y]);
          },
        };
      };
      const times = await compared(prepare);
      const name = `${sizes.join('-')}: predict() of ${rows} rows`;
      said(name, times, rows < 100 ? 50 : 5);
      const best = Math.min(times.wasm, times.cpu);
      add(`${name} on our backend, times the faster of tfjs-wasm and tfjs-cpu`, times[BACKEND] / best, { most: 1.1 }, '×');
    }
  }
}

/** A small image classifier like MobileNet: depthwise and pointwise convolutions, normalisation, relu6. */
function mobile() {
  const model = sequential();
  const after = () => {
    model.add(layers.batchNormalization());
    model.add(layers.reLU({ maxValue: 6 }));
  };
  model.add(layers.conv2d({ filters: 16, kernelSize: 3, strides: 2, padding: 'same', useBias: false, inputShape: [64, 64, 3] }));
  after();
  for (const [filters, strides] of [
    [32, 1],
    [64, 2],
    [64, 1],
    [128, 2],
  ]) {
    model.add(layers.depthwiseConv2d({ kernelSize: 3, strides, padding: 'same', useBias: false }));
    after();
    model.add(layers.conv2d({ filters, kernelSize: 1, padding: 'same', useBias: false }));
    after();
  }
  model.add(layers.globalAveragePooling2d({ dataFormat: 'channelsLast' }));
  model.add(dense({ units: 10, activation: 'softmax' }));
  return model;
}

async function convolutions(add) {
  const times = await compared(
    async () => {
      const model = mobile();
      const x = tensor([1, 64, 64, 3]);
      return {
        run: () => tf.tidy(() => model.predict(x).dataSync()),
        dispose: () => {
          model.dispose();
          x.dispose();
        },
      };
    },
    { rounds: 7 },
  );
  said('MobileNet-like, an image of 64×64: predict()', times, 1);
  add('MobileNet-like: predict() on our backend, times tfjs-cpu', times[BACKEND] / times.cpu, { most: 1 }, '×');
}

export async function measureBackendOfTfjs(add) {
  await fits(add);
  await predictions(add);
  await convolutions(add);
}

if (import.meta.url === `file://${process.argv[1]}`) {
  const { list, add } = checks();
  await measureBackendOfTfjs(add);
  show(list);
}
