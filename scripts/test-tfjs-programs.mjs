// The programs of tfjs-examples that `npm run test:tfjs` trains, and how each is trained: by itself, by a click, or by what it
// exports, on data that are made up. What is drawn at random comes from Math.random(), which begins the same everywhere.

const many = (n, of) => Array.from({ length: n }, (_, i) => of(i));

/** Images of 28×28 pixels, a bright row for each digit, and what they show. */
function digits(tf, n) {
  const shown = many(n, () => Math.floor(10 * Math.random()));
  const pixel = (i) => Math.random() / 2 + (Math.floor((i % 784) / 56) === shown[Math.floor(i / 784)] ? 0.5 : 0);
  return {
    xs: tf.tensor2d(many(n * 784, pixel), [n, 784]),
    labels: tf.cast(tf.oneHot(tf.tensor1d(shown, 'int32'), 10), 'float32'),
  };
}

/** The sums of a model's weights, as one more thing to compare. */
const sums = (model) => model.getWeights().map((each) => each.sum().dataSync()[0]);

/**
 * By folder: `files` to load, `fits` where the program calls model.fit() or fitDataset() once, as `accelerate` needs, and what
 * trains it. It is told the names that the files export, elements of the page by id, TensorFlow.js, and `ended`, what the
 * program shows last. It returns lists of numbers by name, or nothing where the histories of fits say all.
 */
export const PROGRAMS = {
  iris: { files: ['index.js'], fits: true, train: ({ named }) => named('train-from-scratch').heard('click') },
  'iris-fitDataset': {
    files: ['index.js'],
    fits: true,
    async train({ named }) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      await named('train-from-scratch').heard('click');
    },
  },
  'boston-housing': {
    files: ['index.js'],
    fits: true,
    async train({ program }) {
      await program.run(program.linearRegressionModel(), 'linear', true);
      await program.run(program.multiLayerPerceptronRegressionModel1Hidden(), 'oneHidden', false);
      await program.run(program.multiLayerPerceptronRegressionModel2Hidden(), 'twoHidden', false);
    },
  },
  'website-phishing': {
    files: ['index.js'],
    fits: true,
    async train({ ended }) {
      await ended;
    },
  },
  'polynomial-regression-core': {
    files: ['index.js'],
    async train({ ended }) {
      return { coefficients: Object.values(await ended) };
    },
  },
  'cart-pole': {
    files: ['index.js', 'cart_pole.js'],
    async train({ program, tf }) {
      const policy = new program.SaveablePolicyNetwork([4]);
      const system = new program.CartPole();
      const optimizer = tf.train.adam(0.05);
      const steps = [];
      for (let round = 0; round < 5; round++) steps.push(...(await policy.train(system, optimizer, 0.95, 5, 100)));
      return { steps, weights: sums(policy.policyNet) };
    },
  },
  'abalone-node': {
    files: ['model.js'],
    async train({ program, tf }) {
      const row = () => {
        const xs = many(8, Math.random);
        return { xs, ys: [xs.reduce((sum, x, i) => sum + x * i, 1) / 3 + Math.random()] };
      };
      const batches = tf.data.array(many(1500, row)).batch(100);
      const model = program.default([8]);
      const { history } = await model.fitDataset(batches.take(12), { epochs: 20, validationData: batches.skip(12), verbose: 0 });
      return history;
    },
  },
  'mnist-core': {
    files: ['model.js'],
    async train({ program, tf }) {
      const loss = [];
      // Of the 64 that it asks for, since its 100 steps would take TensorFlow.js a quarter of an hour.
      await program.train({ nextTrainBatch: () => digits(tf, 4) }, ([cost]) => loss.push(cost));
      const { xs } = digits(tf, 50);
      return { loss, classes: program.predict(xs) };
    },
  },
  'snake-dqn': {
    files: ['agent.js', 'dqn.js', 'snake_game.js'],
    train({ program }) {
      const game = new program.SnakeGame({ height: 7, width: 7, numFruits: 1, initLen: 2 });
      const constant = { epsilonInit: 1, epsilonFinal: 1, epsilonDecayFrames: 1000 };
      const agent = new program.SnakeGameAgent(game, { ...constant, replayBufferSize: 100, learningRate: 1e-3 });
      for (let i = 0; i < 100; i++) agent.playStep();
      program.copyWeights(agent.targetNetwork, agent.onlineNetwork);
      for (let i = 0; i < 4; i++) agent.trainOnReplayBatch(8, 0.99, agent.optimizer);
      const states = program.getStateTensor(
        agent.replayMemory.sample(4).map(([state]) => state),
        7,
        7,
      );
      return { qualities: [...agent.onlineNetwork.predict(states).dataSync()], weights: sums(agent.onlineNetwork) };
    },
  },
  'date-conversion-attention': {
    files: ['model.js', 'date_format.js'],
    async train({ program: dates, tf }) {
      const tuples = many(96, dates.generateRandomDateTuple);
      const inputs = dates.encodeInputDateStrings(tuples.map((tuple, i) => dates.INPUT_FNS[i % dates.INPUT_FNS.length](tuple)));
      const targets = tuples.map(dates.dateTupleToYYYYDashMMDashDD);
      const encoded = tf.cast(dates.encodeOutputDateStrings(targets), 'float32');
      const before = tf.concat([tf.fill([96, 1], dates.START_CODE), encoded.slice([0, 0], [96, dates.OUTPUT_LENGTH - 1])], 1);
      const outputs = tf.oneHot(tf.cast(encoded, 'int32'), dates.OUTPUT_VOCAB.length);
      const model = dates.createModel(
        dates.INPUT_VOCAB.length,
        dates.OUTPUT_VOCAB.length,
        dates.INPUT_LENGTH,
        dates.OUTPUT_LENGTH,
      );
      return (await model.fit([inputs, before], outputs, { epochs: 3, batchSize: 32, shuffle: false, verbose: 0 })).history;
    },
  },
  'lstm-text-generation': {
    files: ['model.js', 'data.js'],
    async train({ program, tf }) {
      const text = many(400, (i) => `${'ab cdef ghij klm nop '.slice(i % 9, 12 + (i % 7))} `).join('');
      const data = new program.TextData('text', text, 20, 3);
      const model = program.createModel(20, data.charSetSize(), [24]);
      program.compileModel(model, 1e-2);
      const loss = [];
      await program.fitModel(model, data, 2, 128, 64, 0.0625, {
        onTrainBegin() {},
        onTrainBatchEnd: (_, logs) => loss.push(logs.loss),
        onTrainEpochEnd() {},
        onBatchEnd: (_, logs) => loss.push(logs.loss),
        onEpochEnd() {},
      });
      return { loss, weights: sums(model), letters: [...model.predict(tf.zeros([1, 20, data.charSetSize()])).dataSync()] };
    },
  },
  'fashion-mnist-vae': {
    files: ['model.js'],
    train({ program, tf }) {
      const { encoder, decoder, vae, vaeLoss } = program.default;
      const sizes = { originalDim: 784, intermediateDim: 64, latentDim: 2 };
      const model = vae(encoder(sizes), decoder(sizes));
      const optimizer = tf.train.adam();
      const loss = many(20, () =>
        optimizer.minimize(() => {
          const { xs } = digits(tf, 32);
          return vaeLoss(xs, model.apply(xs), sizes);
        }, true),
      );
      return { loss: loss.map((each) => each.dataSync()[0]) };
    },
  },
};
