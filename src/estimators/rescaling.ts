// A change of scalings made up for in the weights, so that a network goes on computing what it computed.

import type { InputScaling } from '../data/following.js';
import type { Scaling } from '../data/spread.js';
import type { RealArray } from '../../bindings/memory.js';
import type { Network } from '../network/network.js';
import { MEASURED } from '../methods/descent/auto-rate.js';
import type { MethodState } from '../methods/method.js';

/** A target: its scaling, and whether targets have varied, so that the scale is no placeholder. */
export interface TargetScaling extends Scaling {
  readonly known: boolean;
}

/** Scalings of a network's inputs and outputs; undefined where they stay. */
interface Scalings {
  readonly inputs: readonly InputScaling[] | undefined;
  readonly targets: readonly TargetScaling[] | undefined;
}

/** An input as it was, in terms of what it is now: factor·x + shift·factor, where it has no gap. */
interface InputChange {
  readonly factor: number;
  readonly shift: number;
  /** Whether weights are held back from growing with the factor. */
  readonly held: boolean;
  /** The input that says where there are gaps, which are 0 before and after, and how that is scaled now. */
  readonly gaps: ({ readonly input: number } & Scaling) | undefined;
}

/** An output as it is to be, in terms of what it was: factor·y + shift. */
interface OutputChange {
  readonly factor: number;
  readonly shift: number;
}

/** What scalings have changed by. */
export interface Change {
  readonly inputs: readonly InputChange[] | undefined;
  readonly outputs: readonly OutputChange[] | undefined;
}

/**
 * From some scalings to others, of the same inputs and targets. A scale that is not known yet was a placeholder: the weights were
 * drawn for an input of unit variance, and are kept for one.
 */
export function change(from: Scalings, to: Scalings): Change {
  const inputs =
    from.inputs &&
    to.inputs?.map((now, i): InputChange => {
      const was = from.inputs![i]!;
      const { indicator } = now;
      return {
        factor: was.known ? now.scale / was.scale : 1,
        shift: was.placed ? (now.mean - was.mean) / now.scale : 0,
        held: was.known && was.rough,
        gaps: indicator === undefined ? undefined : { input: indicator, ...scalingAlone(to.inputs![indicator]!) },
      };
    });
  const outputs =
    from.targets &&
    to.targets?.map((now, o): OutputChange => {
      const was = from.targets![o]!;
      return { factor: was.known ? was.scale / now.scale : 1, shift: (was.mean - now.mean) / now.scale };
    });
  return { inputs, outputs };
}

function scalingAlone({ mean, scale }: Scaling): Scaling {
  return { mean, scale };
}

/**
 * How large a rough scale may make the weights of an input, against those that are drawn for it: a column's first few values may
 * lie so close together that units with the slopes learned there would do nothing but switch where the others lie, and never
 * learn again.
 */
const LARGEST = 2;

/**
 * What a method remembers that is weights, and what is a difference of weights; gradients and their squares are forgotten soon
 * enough.
 */
const WEIGHTS: readonly string[] = ['average', 'weights', 'weights kept', 'weights tried'];
const STEPS: readonly string[] = ['velocity', 'last', 'step'];
/** And what is to be found anew: curvature along other inputs is another. */
const OTHERWISE: readonly string[] = [MEASURED];

/**
 * Changes the first layer's weights and the last one's, which are dense, so that outputs stand for the same as before: with
 * kernel K, bias b, inputs x = factor·(x′ + shift) and y′ = factor·y + shift
 *
 *   K ← factor·K    b ← b + Σ shift·factor·K    and at the top    K ← K·factor    b ← b·factor + shift
 *
 * in float64, rounded once. Where an input has gaps, which are 0 with any scaling, the input that says so makes up for the shift.
 * @param state what a method remembers of the network, which is changed alike
 * @returns the changed state
 */
export function fold(network: Network, state: MethodState | undefined, change: Change): MethodState | undefined {
  const theta = network.theta.read();
  const map = mapping(network, theta, change);
  network.theta.view().set(map(theta, true));
  return state && foldedState(state, map);
}

/** The same of weights that a network had. */
export function folded(network: Network, theta: RealArray, change: Change): RealArray {
  return mapping(network, theta, change)(theta, true);
}

type Mapping = (vector: RealArray, constant: boolean) => RealArray;

function foldedState(state: MethodState, map: Mapping): MethodState {
  const kept = Object.entries(state.vectors).filter(([name]) => !OTHERWISE.includes(name));
  const vectors = Object.fromEntries(
    kept.map(([name, vector]) => {
      const weights = WEIGHTS.includes(name);
      return [name, weights || STEPS.includes(name) ? map(vector, weights) : vector];
    }),
  );
  return { ...state, vectors };
}

/** The change of a vector like the parameters; `constant` says whether it is of weights, rather than of their differences. */
function mapping(network: Network, theta: RealArray, { inputs, outputs }: Change): Mapping {
  const kernels = network.weightShapes.filter(({ name }) => name.endsWith('.kernel'));
  const [bottom, top] = [kernels[0]!, kernels.at(-1)!];
  const biasOf = (kernel: typeof bottom) => {
    const name = kernel.name.replace(/kernel$/, 'bias');
    return network.weightShapes.find((shape) => shape.name === name)!.first;
  };
  const units = bottom.shape[1]!;
  const factors = inputs?.map(({ factor, held }, i) =>
    held ? Math.min(factor, most(theta, bottom.first + i * units, units, inputs.length)) : factor,
  );
  return (vector, constant) => {
    const next = Float64Array.from(vector);
    inputs?.forEach(({ shift, gaps }, i) => {
      const factor = factors![i]!;
      const row = bottom.first + i * units;
      const bias = biasOf(bottom);
      for (let u = 0; u < units; u++) {
        const moved = vector[row + u]! * factor;
        next[row + u]! += moved - vector[row + u]!;
        next[bias + u]! += moved * shift * (gaps ? 1 - gaps.mean : 1);
        if (gaps) next[bottom.first + gaps.input * units + u]! -= moved * shift * gaps.scale;
      }
    });
    outputs?.forEach(({ factor, shift }, o) => {
      for (let i = 0; i < top.shape[0]!; i++) next[top.first + i * outputs.length + o]! *= factor;
      const bias = biasOf(top) + o;
      next[bias] = next[bias]! * factor + (constant ? shift : 0);
    });
    return vector instanceof Float32Array ? Float32Array.from(next) : next;
  };
}

/** What weights of an input may be multiplied with, at most, while its scale is rough; at least 1. */
function most(theta: RealArray, first: number, units: number, fanIn: number): number {
  let squares = 0;
  for (let u = 0; u < units; u++) squares += theta[first + u]! * theta[first + u]!;
  return Math.max(1, LARGEST / Math.sqrt((squares * fanIn) / units));
}
