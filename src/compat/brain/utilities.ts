// Small things that brain.js gives its users.

import { meanSquare } from './measure.js';

/** Uniform on [−0.2, 0.2), from Math.random. */
function randomWeight(): number {
  return Math.random() * 0.4 - 0.2;
}

/** Uniform on [min, max). */
export function randomFloat(min: number, max: number): number {
  return Math.random() * (max - min) + min;
}

/** A whole number, uniform on [min, max). */
export function randomInteger(min: number, max: number): number {
  return Math.floor(randomFloat(min, max));
}

/** The second number of a pair that the polar method has drawn. */
let spare: number | undefined;

/** Standard normal, by Marsaglia's polar method. */
export function gaussRandom(): number {
  if (spare !== undefined) {
    const drawn = spare;
    spare = undefined;
    return drawn;
  }
  for (;;) {
    const u = 2 * Math.random() - 1;
    const v = 2 * Math.random() - 1;
    const square = u * u + v * v;
    if (square === 0 || square > 1) continue;
    const scale = Math.sqrt((-2 * Math.log(square)) / square);
    spare = v * scale;
    return u * scale;
  }
}

export function randomN(mu: number, std: number): number {
  return mu + gaussRandom() * std;
}

export function zeros(size: number): Float32Array {
  return new Float32Array(size);
}

function ones(size: number): Float32Array {
  return new Float32Array(size).fill(1);
}

export function ones2D(width: number, height: number): Float32Array[] {
  return Array.from({ length: height }, () => ones(width));
}

/** So many random numbers: weights, or uniform on [−std, std). */
export function randos(size: number, std: number | null = null): Float32Array {
  const numbers = new Float32Array(size);
  for (let i = 0; i < size; i++) numbers[i] = std === null ? randomWeight() : randomFloat(-std, std);
  return numbers;
}

/** start, start + 1, … below end. */
function range(start: number, end: number): number[] {
  const numbers: number[] = [];
  for (let i = start; i < end; i++) numbers.push(i);
  return numbers;
}

/** The numbers of an array or of an object. */
function toArray(values: ArrayLike<number> | { [key: string]: number }): Float32Array {
  return Float32Array.from(Array.isArray(values) ? values : Object.values(values));
}

/** The largest number of an array or of an object; −Infinity of none. */
function max(values: ArrayLike<number> | { [key: string]: number }): number {
  return Object.values(values).reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
}

/** What `utilities` of both lines have. */
export const common = { max, mse: meanSquare, ones, randomWeight, randos, range, toArray, zeros };
