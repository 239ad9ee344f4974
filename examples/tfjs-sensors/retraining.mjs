// The other side of the worker: samples come one by one, and each starts a training of all.

import { io } from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';

/** All samples so far, and a worker that trains on them. */
export class Retraining {
  #worker;
  #gestures;
  #onProgress;
  #samples = [];

  /** @param worker a Worker, of a page or of Node, that runs worker.mjs */
  constructor(worker, gestures, onProgress = () => {}) {
    this.#worker = worker;
    this.#gestures = gestures;
    this.#onProgress = onProgress;
  }

  /** Adds samples and trains. @returns the model, for predictions, and its history */
  async add(...samples) {
    this.#samples.push(...samples);
    const { artifacts, history } = await this.#trained();
    return { model: await loadLayersModel(io.fromMemory(artifacts)), history };
  }

  #trained() {
    const { port1, port2 } = new MessageChannel();
    return new Promise((resolve, reject) => {
      port1.onmessage = ({ data }) => {
        if (data.progress) return this.#onProgress(data.progress);
        port1.close();
        if (data.error) reject(data.error);
        else resolve(data);
      };
      this.#worker.postMessage({ samples: this.#samples, gestures: this.#gestures, port: port2 }, [port2]);
    });
  }
}
