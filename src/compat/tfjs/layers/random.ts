// Layers that draw random numbers in training, and pass on what they get in use: Dropout, GaussianNoise, GaussianDropout and
// AlphaDropout.

import { Purpose, streamOf } from '../../../runtime/random.js';
import { zeros } from '../memory.js';
import { Operation, type Pass, type Place } from './operation.js';

/** A layer whose outputs are its inputs times a mask, or plus noise. */
export abstract class Random extends Operation {
  protected mask = 0;
  private heap!: Place['heap'];

  constructor(
    size: number,
    /** Which layer of the chain: each has a stream of its own. */
    protected readonly layer: number,
  ) {
    super(size, size);
  }

  override place(place: Place, x: number): void {
    super.place(place, x);
    this.heap = place.heap;
    this.mask = zeros(place, place.rows * this.outputs);
  }

  forward(rows: number, pass: Pass): void {
    const n = rows * this.outputs;
    if (pass.training) this.disturb(n, pass);
    else new Uint8Array(this.heap.buffer).copyWithin(this.y, this.x, this.x + 4 * n);
  }

  protected abstract disturb(n: number, pass: Pass): void;

  backward(rows: number): void {
    if (this.dx) this.core.times(rows * this.outputs, this.dy, this.mask, this.dx);
  }
}

export class Dropout extends Random {
  constructor(
    size: number,
    layer: number,
    private readonly rate: number,
  ) {
    super(size, layer);
  }

  protected disturb(n: number, { low, high, step }: Pass): void {
    this.core.dropout(n, this.x, this.mask, this.y, this.rate, 0, low, high, streamOf(Purpose.dropout, this.layer), 0, step);
  }
}

/** Dropout with a noiseShape: numbers have what is drawn in common along some axes. */
export class SharedDropout extends Random {
  private map = 0;
  private ones = 0;
  private drawn = 0;

  constructor(
    /** Which of the numbers that are drawn for a row each of its own takes. */
    private readonly places: Uint32Array,
    private readonly width: number,
    /** Whether all rows have the same. */
    private readonly once: boolean,
    layer: number,
    private readonly rate: number,
  ) {
    super(places.length, layer);
  }

  override place(place: Place, x: number): void {
    super.place(place, x);
    const size = place.rows * this.width;
    this.ones = zeros(place, size);
    new Float32Array(place.heap.buffer, this.ones, size).fill(1);
    this.drawn = zeros(place, size);
    this.map = place.arena.allocate(4 * this.outputs);
    new Uint32Array(place.heap.buffer, this.map, this.outputs).set(this.places);
  }

  protected disturb(n: number, { low, high, step }: Pass): void {
    const { core, outputs, width, once, drawn } = this;
    const rows = n / outputs;
    const stream = streamOf(Purpose.dropout, this.layer);
    core.dropout((once ? 1 : rows) * width, this.ones, drawn, drawn, this.rate, 0, low, high, stream, 0, step);
    for (let r = 0; r < rows; r++) {
      core.gather(outputs, 1, this.map, drawn + (once ? 0 : 4 * r * width), this.mask + 4 * r * outputs);
    }
    core.times(n, this.x, this.mask, this.y);
  }
}

export class AlphaDropout extends Random {
  constructor(
    size: number,
    layer: number,
    private readonly rate: number,
  ) {
    super(size, layer);
  }

  protected disturb(n: number, { low, high, step }: Pass): void {
    this.core.alphaDropout(n, this.x, this.mask, this.y, this.rate, low, high, streamOf(Purpose.dropout, this.layer), 0, step);
  }
}

export class GaussianDropout extends Random {
  private readonly deviation: number;

  constructor(size: number, layer: number, rate: number) {
    super(size, layer);
    this.deviation = Math.sqrt(rate / (1 - rate));
  }

  protected disturb(n: number, { low, high, step }: Pass): void {
    const { core, mask } = this;
    core.normals(n, low, high, streamOf(Purpose.noise, this.layer), 0, step, 1, this.deviation, mask);
    core.times(n, this.x, mask, this.y);
  }
}

export class GaussianNoise extends Random {
  constructor(
    size: number,
    layer: number,
    private readonly deviation: number,
  ) {
    super(size, layer);
  }

  protected disturb(n: number, { low, high, step }: Pass): void {
    this.core.addNoise(n, this.x, this.y, this.deviation, 0, low, high, streamOf(Purpose.noise, this.layer), 0, step);
  }

  override backward(): void {}
}
