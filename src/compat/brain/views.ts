// What users see of numbers in linear memory: arrays of views, made anew where memory has grown.

import { heap } from '../../../bindings/memory.js';
import { type Nested, assign } from './live.js';

/** A vector in linear memory. */
export interface Place {
  readonly address: number;
  readonly length: number;
}

/** Vectors by number; there need not be a first. */
export type Places = readonly (Place | undefined)[];

const viewOf = ({ address, length }: Place) => new Float32Array(heap.buffer, address, length);

/** An array of what `make` makes of places. What is assigned to an element is copied to where its views look. */
function arrayOf<Of, Element extends Nested>(places: readonly (Of | undefined)[], make: (place: Of) => Element): Element[] {
  const elements: Element[] = [];
  places.forEach((place, i) => {
    if (!place) return;
    const views = make(place);
    const set = (numbers: Nested) => assign(String(i), views, numbers);
    Object.defineProperty(elements, i, { enumerable: true, get: () => views, set });
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
    return this.kept(places, () => arrayOf(places, viewOf));
  }

  /** A kernel a layer, by its rows. */
  kernels(kernels: readonly (Places | undefined)[]): Float32Array[][] {
    return this.kept(kernels, () => arrayOf(kernels, (rows) => arrayOf(rows, viewOf)));
  }
}
