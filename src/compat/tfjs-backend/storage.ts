// Where tensors' values are: in linear memory, or, as some of tfjs's kernels leave them, in an array of JavaScript's until one of
// our kernels needs them.

import type { BackendValues, DataId, DataMover, DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { Blocks, sizeClass } from '../../../bindings/blocks.js';
import { OutOfMemoryError } from '../../../bindings/errors.js';
import type { Heap } from '../../../bindings/memory.js';

type Numbers = Float32Array | Int32Array | Uint8Array;

/** What a tensor's values are stored as: strings (bytes of each) and complex numbers never in linear memory. */
type Stored = BackendValues | Numbers;

/** The two tensors that a complex one is made of. */
interface Parts {
  readonly real: TensorInfo;
  readonly imag: TensorInfo;
}

/**
 * The values of one or several tensors. It is also the `dataId` by which tfjs knows them, so that a kernel finds them without a
 * look into a table; tfjs's kernels ask for `values`, `dtype`, `refCount` and `complexTensorInfos`.
 */
export class TensorData {
  /** In linear memory; 0 where the values are an array of JavaScript's. */
  address = 0;
  refCount = 1;
  live = true;
  complexTensorInfos: Parts | undefined = undefined;
  /** Of the block at `address`. */
  size = 0;
  private array: Stored | undefined = undefined;

  constructor(
    readonly storage: Storage,
    public dtype: DataType,
    public length: number,
  ) {}

  /** The values: a view that lasts until memory grows, or what was stored. */
  get values(): Stored {
    const { array } = this;
    if (this.address === 0) return array as Stored;
    // A view of a memory that has grown is empty.
    if (array !== undefined && array.length === this.length) return array;
    this.array = this.storage.view(this);
    return this.array;
  }

  /** Leaves the values where they are: in an array that nobody else changes. */
  keep(array: Stored): void {
    this.array = array;
  }

  /** Forgets the array, and its view. */
  forget(): void {
    this.array = undefined;
  }
}

/** What makes room for tensors. */
const ADVICE = 'dispose() of tensors no longer needed, or make them within tf.tidy(), which does that for all but its result';

/** Of numbers and booleans. */
export const bytesPerElement = (dtype: DataType) => (dtype === 'bool' ? 1 : 4);

/** All tensors of a backend: what tfjs calls its data storage. */
export class Storage {
  private readonly blocks: Blocks;
  /** Of tensors that came from other backends, whose ids are objects of theirs. */
  private readonly foreign = new WeakMap<DataId, TensorData>();
  private count = 0;
  private scratchAddress = 0;
  private scratchSize = 0;
  private f32 = new Float32Array(0);
  private i32 = new Int32Array(0);
  private u8 = new Uint8Array(0);

  /** @param mover tfjs's engine, which brings tensors of other backends here */
  constructor(
    private readonly backend: Parameters<DataMover['moveData']>[0],
    private readonly mover: DataMover,
    private readonly heap: Heap,
  ) {
    this.blocks = new Blocks(heap);
  }

  /** The values of a tensor; those of another backend's are moved here first. */
  get(id: DataId): TensorData {
    if (id instanceof TensorData && id.live && id.storage === this) return id;
    const known = this.foreign.get(id);
    if (known !== undefined) return known;
    this.mover.moveData(this.backend, id);
    return this.find(id)!;
  }

  /** The values of a tensor that is here. */
  find(id: DataId): TensorData | undefined {
    if (id instanceof TensorData && id.storage === this) return id.live ? id : undefined;
    return this.foreign.get(id);
  }

  has(id: DataId): boolean {
    return this.find(id) !== undefined;
  }

  numDataIds(): number {
    return this.count;
  }

  /** Room for `length` elements in linear memory. @throws OutOfMemoryError, with nothing changed */
  make(dtype: DataType, length: number): TensorData {
    const data = new TensorData(this, dtype, length);
    this.place(data);
    this.count++;
    return data;
  }

  /** Takes an array as it is: numbers wait there for their first use, strings and what is complex stay. */
  hold(dtype: DataType, array: Stored | undefined): TensorData {
    const data = new TensorData(this, dtype, array?.length ?? 0);
    if (array !== undefined) data.keep(this.ownArray(array));
    this.count++;
    return data;
  }

  /** A copy of an array in linear memory; of one that cannot be there, as `hold`. @throws OutOfMemoryError */
  write(dtype: DataType, array: Stored): TensorData {
    if (dtype === 'string' || dtype === 'complex64') return this.hold(dtype, array);
    const data = this.make(dtype, array.length);
    this.fill(data, array);
    return data;
  }

  /**
   * Takes a tensor of another backend, or one that was here before, under the id that it has. Its values wait outside linear
   * memory: this happens while a kernel of tfjs's holds views, which a memory that grows would detach.
   */
  adopt(id: DataId, dtype: DataType, array: Stored, refCount: number): TensorData {
    const home = id instanceof TensorData && id.storage === this;
    const data = home ? id : new TensorData(this, dtype, array.length);
    data.dtype = dtype;
    data.length = array.length;
    data.refCount = refCount;
    data.live = true;
    data.keep(array.slice());
    if (!home) this.foreign.set(id, data);
    this.count++;
    return data;
  }

  /** The address of a tensor's values, which move into linear memory first if they are not there. @throws OutOfMemoryError */
  addressOf(data: TensorData): number {
    if (data.address !== 0) return data.address;
    const { values } = data;
    this.place(data);
    data.forget();
    this.fill(data, values);
    return data.address;
  }

  /** A copy of a tensor's values that lasts; of texts the array that there is. */
  read(data: TensorData): Stored {
    const { address, length, dtype } = data;
    if (address === 0) return ArrayBuffer.isView(data.values) ? data.values.slice() : data.values;
    this.reach(address + length * 4);
    if (dtype === 'float32') return this.f32.slice(address >>> 2, (address >>> 2) + length);
    if (dtype === 'int32') return this.i32.slice(address >>> 2, (address >>> 2) + length);
    return this.u8.slice(address, address + length);
  }

  delete(id: DataId): void {
    const data = this.find(id);
    if (data === undefined) return;
    if (data.address !== 0) this.blocks.release(data.address, data.size);
    data.address = 0;
    data.forget();
    data.live = false;
    this.foreign.delete(id);
    this.count--;
  }

  /** Gives all memory back: no tensor is valid any more. */
  dispose(): void {
    this.blocks.dispose();
    this.count = 0;
    this.scratchSize = 0;
  }

  /** Room for what a kernel needs for itself while it runs. @throws OutOfMemoryError */
  scratch(bytes: number): number {
    const size = sizeClass(bytes || 1);
    if (size > this.scratchSize) {
      const address = this.allocate(size, bytes);
      if (this.scratchSize > 0) this.blocks.release(this.scratchAddress, this.scratchSize);
      this.scratchAddress = address;
      this.scratchSize = size;
    }
    return this.scratchAddress;
  }

  /** The values at their address, until memory grows. */
  view(data: TensorData): Numbers {
    const { buffer } = this.heap;
    if (data.dtype === 'float32') return new Float32Array(buffer, data.address, data.length);
    if (data.dtype === 'int32') return new Int32Array(buffer, data.address, data.length);
    return new Uint8Array(buffer, data.address, data.length);
  }

  private place(data: TensorData): void {
    const bytes = data.length * bytesPerElement(data.dtype);
    if (bytes >= 2 ** 32) throw new OutOfMemoryError(bytes, this.heap.used, ADVICE);
    const size = sizeClass(bytes || 1);
    data.address = this.allocate(size, bytes);
    data.size = size;
  }

  /** A block of a size for so many bytes, which an error will name. */
  private allocate(size: number, bytes: number): number {
    try {
      return this.blocks.allocate(size);
    } catch (error) {
      throw error instanceof OutOfMemoryError ? new OutOfMemoryError(bytes, this.heap.used, ADVICE) : error;
    }
  }

  private fill(data: TensorData, array: Stored): void {
    const { address, length, dtype } = data;
    this.reach(address + length * 4);
    const [to, at]: [Numbers, number] =
      dtype === 'float32' ? [this.f32, address >>> 2] : dtype === 'int32' ? [this.i32, address >>> 2] : [this.u8, address];
    const from = array as Numbers;
    if (length > 16) to.set(from, at);
    else for (let i = 0; i < length; i++) to[at + i] = from[i]!;
  }

  /** Makes views of the whole memory again if they end before this address. */
  private reach(end: number): void {
    if (end <= this.u8.length) return;
    const { buffer } = this.heap;
    const reals = buffer.byteLength >>> 2;
    this.f32 = new Float32Array(buffer, 0, reals);
    this.i32 = new Int32Array(buffer, 0, reals);
    this.u8 = new Uint8Array(buffer);
  }

  /** An array that is no view of our memory, which may grow, and be used again. */
  private ownArray(array: Stored): Stored {
    return ArrayBuffer.isView(array) && array.buffer === this.heap.buffer ? (array as Numbers).slice() : array;
  }
}
