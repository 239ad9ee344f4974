// Trains in a worker, so that the page stays free. Each message has all samples and a port, over which go the progress of every
// epoch and then the model, as TensorFlow.js saves it.

import { io } from '@tensorflow/tfjs-core';
import { train } from './sensors.mjs';

const inbox = typeof self === 'undefined' ? process.getBuiltinModule('node:worker_threads').parentPort : self;

inbox.onmessage = async ({ data: { samples, gestures, port } }) => {
  try {
    const { model, history } = await train(samples, gestures, (progress) => port.postMessage({ progress }));
    const save = io.withSaveHandler(async (artifacts) => {
      port.postMessage({ artifacts, history });
      return { modelArtifactsInfo: io.getModelArtifactsInfoForJSON(artifacts) };
    });
    await model.save(save);
    model.dispose();
  } catch (error) {
    port.postMessage({ error });
  }
};
