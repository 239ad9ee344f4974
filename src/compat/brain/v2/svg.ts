// toSVG as brain.js 2.x has it.

import { EfficientBackpropError } from '../../../runtime/errors.js';
import { type Drawing, type LineStyle, drawing } from '../drawing.js';

/** How `toSVG` draws a network. */
export type NeuralNetworkDrawOptions = Drawing & { sizes: number[] };

/** How brain.js draws a recurrent network. */
export interface RecurrentNeuralNetworkDrawOptions extends NeuralNetworkDrawOptions {
  /** Of recurrent networks, which this library does not have. */
  recurrentLine: LineStyle;
}

const STYLE: Drawing = {
  line: { width: 0.5, color: 'black', className: 'connection' },
  inputs: { color: 'rgba(0, 128, 0, 0.5)', labels: null, className: 'input' },
  outputs: { color: 'rgba(100, 149, 237, 0.5)', className: 'output' },
  hidden: { color: 'rgba(255, 127, 80, 0.5)', className: 'hidden-neuron' },
  fontSize: '14px',
  fontClassName: 'label',
  radius: 8,
  width: 400,
  height: 250,
};

/** What has layers: a network, its JSON, or their sizes. */
interface Sized {
  sizes?: readonly number[];
  inputSize?: number;
  hiddenLayers?: readonly number[];
  outputSize?: number;
}

function sizesOf(net: Sized): readonly number[] {
  const { inputSize, hiddenLayers, outputSize } = net;
  if (typeof inputSize === 'number' && Array.isArray(hiddenLayers) && typeof outputSize === 'number') {
    return [inputSize, ...(hiddenLayers as number[]), outputSize];
  }
  if (net.sizes) return net.sizes;
  throw new EfficientBackpropError('unrecognized network');
}

/** A picture of a network, of its JSON, or of `{ sizes }`. @throws EfficientBackpropError where it has no layers */
export function toSVG(net: object, options?: Partial<RecurrentNeuralNetworkDrawOptions>): string {
  const sizes = sizesOf(net);
  if (sizes.some((size) => size < 1)) throw new EfficientBackpropError('sizes not set correctly');
  const style = { ...STYLE, ...options };
  const { labels } = style.inputs;
  if (labels && labels.length !== sizes[0]) throw new EfficientBackpropError('not enough labels for inputs');
  return drawing(sizes, style);
}
