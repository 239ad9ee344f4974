// toSVG as brain.js 1.x has it.

import { type LineStyle, type NodeStyle, drawing } from '../drawing.js';

/** How it is drawn; numbers may be text. */
interface SVGOptions {
  line?: LineStyle;
  inputs?: NodeStyle & { label?: readonly string[] | false };
  outputs?: NodeStyle;
  hidden?: NodeStyle;
  fontSize?: string;
  radius?: number | string;
  width?: number | string;
  height?: number | string;
}

const STYLE = {
  line: { width: '0.5', color: 'black' },
  inputs: { color: 'rgba(0, 128, 0, 0.5)', label: false as const },
  outputs: { color: 'rgba(100, 149, 237, 0.5)' },
  hidden: { color: 'rgba(255, 127, 80, 0.5)' },
  fontSize: '14px',
  radius: 8,
  width: 400,
  height: 250,
};

interface Sized {
  sizes?: readonly number[] | null;
  inputSize?: number | null;
  hiddenLayers?: readonly number[] | null;
  outputSize?: number | null;
}

/** A picture of a network, or of its sizes; false where it has none. */
export function toSVG(network: object, options?: SVGOptions): string | false {
  const { inputSize, hiddenLayers, outputSize, sizes: known } = network as Sized;
  const sizes = inputSize && outputSize ? [inputSize, ...(hiddenLayers ?? []), outputSize] : known;
  if (!sizes) return false;
  const { width, height, radius, inputs, ...style } = { ...STYLE, ...options };
  const labels = inputs.label && inputs.label.length === sizes[0] ? inputs.label : null;
  return drawing(sizes, {
    ...style,
    inputs: { color: inputs.color, labels },
    width: Number(width),
    height: Number(height),
    radius: Number(radius),
  });
}
