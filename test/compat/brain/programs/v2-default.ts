// The same by the default export.

import brain from '../../../../src/compat/brain/index.js';
const net: brain.NeuralNetwork<number[], number[]> = new brain.NeuralNetwork<number[], number[]>({ hiddenLayers: [3] });
export class S {
  private net = new brain.NeuralNetwork<number[], number[]>();
  private g?: brain.NeuralNetworkGPU<number[], number[]>;
}
const cv: brain.CrossValidate<() => brain.NeuralNetwork<number[], number[]>> = new brain.CrossValidate(() => net);
const lstm = new brain.recurrent.LSTM({ hiddenLayers: [1] });
const typed: InstanceType<typeof brain.recurrent.LSTM> = lstm;
