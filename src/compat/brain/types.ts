// What both of brain.js's lines know: rows of data, states of a training, results of a test.

/** Numbers by key: a row of data, or which key stands at which index. */
export interface INumberHash {
  [character: string]: number;
}

/** A row as the network takes it. */
export interface FormattedDatum {
  input: Float32Array;
  output: Float32Array;
}

/** How far a training has come. */
export interface INeuralNetworkState {
  iterations: number;
  error: number;
}

/** Is called during training, with the epochs and the error so far. */
export type INeuralNetworkTrainingCallback = (state: INeuralNetworkState) => void;

/** What `test` returns. */
export interface INeuralNetworkTestResult {
  // biome-ignore lint/suspicious/noExplicitAny: as brain.js's types have it
  misclasses: any[];
  error: number;
  total: number;
}

/** What `test` returns for networks with one output. */
export interface INeuralNetworkBinaryTestResult extends INeuralNetworkTestResult {
  trueNeg: number;
  truePos: number;
  falseNeg: number;
  falsePos: number;
  precision: number;
  recall: number;
  accuracy: number;
}

/** The activations of brain.js. */
export type NeuralNetworkActivation = 'sigmoid' | 'relu' | 'leaky-relu' | 'tanh';

/**
 * How weights are found. 'adam' is brain.js's own; the others are this library's, and take the whole data at each step but
 * 'sdlm'.
 */
export type Praxis = 'adam' | OwnPraxis;

/** Methods of this library; see docs/brain.md. */
export type OwnPraxis = 'lm' | 'lbfgs' | 'bfgs' | 'scg' | 'cg' | 'sdlm' | 'rprop';

/** Options of training that this library has, and brain.js has not. */
export interface OwnTrainOptions {
  /** How weights are found. Default brain.js's momentum. */
  praxis?: Praxis | null | undefined;
  /**
   * Whether inputs are brought to mean 0 and variance 1 while the network learns. Afterwards the scaling is part of the first
   * layer's weights and biases, so that the network takes inputs as they are. Default false, as in brain.js.
   */
  normalize?: boolean;
  /** Threads for a praxis of this library, from 1, or 'auto'. Training pattern by pattern takes one. Default 'auto'. */
  threads?: number | 'auto';
}

/** Options of training as both lines keep them. */
export interface TrainOpts {
  iterations: number;
  errorThresh: number;
  log: unknown;
  logPeriod: number;
  learningRate: number;
  momentum: number;
  callback?: ((status: INeuralNetworkState) => void) | null | undefined;
  callbackPeriod: number;
  timeout: number;
  praxis?: Praxis | null | undefined;
  beta1: number;
  beta2: number;
  epsilon: number;
  normalize?: boolean | undefined;
  threads?: number | 'auto' | undefined;
}

/** A layer as 2.x writes it. */
export interface IJSONLayer {
  biases: number[];
  weights: number[][];
}
