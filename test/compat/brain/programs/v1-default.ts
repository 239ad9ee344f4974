// The same by the default export.

import brain from '../../../../src/compat/brain/v1/index.js';
const net: brain.NeuralNetwork = new brain.NeuralNetwork({ hiddenLayers: [3] });
const opts: brain.INeuralNetworkTrainingOptions = {
  log: (s) => {
    s.error.toFixed();
  },
};
let l: brain.recurrent.LSTM | undefined;
const L = brain.likely([1], net);
let c: brain.CrossValidate;
let t: brain.TrainStream;
l = new brain.recurrent.LSTM();
export class Service {
  private net: brain.NeuralNetwork = new brain.NeuralNetwork();
  ask(i: number[]): brain.NeuralNetworkInput {
    return this.net.run(i);
  }
}
const gpu: brain.NeuralNetworkGPU = new brain.NeuralNetworkGPU();
