// What users see of numbers in linear memory: arrays of views, made anew where memory has grown.

import { heap } from '../../../bindings/memory.js';

/** A vector in linear memory. */
export interface Place {
  readonly address: number;
  readonly length: number;
}

/** Vectors by number; there need not be a first. */
export type Places = readonly (Place | undefined)[];

const viewOf = ({ address, length }: Place) => new Float32Array(heap.buffer, address, length);

/** Views of vectors as an array. What is assigned to an element is copied to where its view looks. */
function arrayOf(places: Places): Float32Array[] {
  const elements: Float32Array[] = [];
  places.forEach((place, i) => {
    if (!place) return;
    const view = viewOf(place);
    const set = (numbers: ArrayLike<number>) => view.set(numbers);
    Object.defineProperty(elements, i, { enumerable: true, get: () => view, set });
  });
  return elements;
}

/** Views of linear memory as it is, kept until it grows. */
export class Views {
  private buffer: ArrayBuffer | undefined;
  private readonly made = new Map<object, unknown>();

  /** What `make` makes, once, and again where memory has grown since. */
  private kept<T>(key: object, make: () => T): T {
    if (heap.buffer !== this.buffer) {
      this.buffer = heap.buffer;
      this.made.clear();
    }
    let found = this.made.get(key) as T | undefined;
    if (found === undefined) this.made.set(key, (found = make()));
    return found;
  }

  /** A vector. */
  vector(place: Place): Float32Array {
    return this.kept(place, () => viewOf(place));
  }

  /** A vector a layer. */
  vectors(places: Places): Float32Array[] {
    return this.kept(places, () => arrayOf(places));
  }

  /** A kernel a layer, by its rows. */
  kernels(kernels: readonly (Places | undefined)[]): Float32Array[][] {
    return this.kept(kernels, () => {
      const layers: Float32Array[][] = [];
      kernels.forEach((rows, i) => {
        if (rows) layers[i] = arrayOf(rows);
      });
      return layers;
    });
  }
}
