// The backend as tfjs's engine sees it, and as the kernels of tfjs's cpu backend do, which run on our data.

import {
  type BackendTimingInfo,
  type BackendValues,
  type DataId,
  type DataType,
  KernelBackend,
  type Tensor,
  type TensorBuffer,
  type TensorInfo,
  backend_util,
  buffer,
  engine,
  util,
} from '@tensorflow/tfjs-core';
import { type TensorCore, tensors } from '../../../bindings/tensors.js';
import { sizeOf } from './shapes.js';
import { Storage, type TensorData } from './storage.js';

/** TensorFlow.js's backend whose tensors lie in this library's linear memory. */
export class LinearMemoryBackend extends KernelBackend {
  private readonly tensors = tensors();
  /** The kernels of our binary. */
  readonly core: TensorCore = this.tensors.core;
  /** By this name kernels of tfjs's cpu backend ask for it. */
  readonly data: Storage = new Storage(this, engine(), this.tensors.heap);

  override write(values: BackendValues, _shape: number[], dtype: DataType): DataId {
    return this.data.write(dtype, values);
  }

  override move(id: DataId, values: BackendValues, shape: number[], dtype: DataType, refCount: number): void {
    const data = this.data.adopt(id, dtype, values, refCount);
    if (dtype !== 'complex64') return;
    const { real, imag } = backend_util.splitRealAndImagArrays(values as Float32Array);
    data.complexTensorInfos = {
      real: this.makeTensorInfo(shape, 'float32', real),
      imag: this.makeTensorInfo(shape, 'float32', imag),
    };
  }

  override readSync(id: DataId): BackendValues {
    const data = this.data.get(id);
    if (data.dtype === 'complex64') return this.readComplex(data);
    return util.convertBackendValuesAndArrayBuffer(this.data.read(data) as BackendValues, data.dtype);
  }

  override async read(id: DataId): Promise<BackendValues> {
    return this.readSync(id);
  }

  /** Interleaved: real, imaginary, real, … */
  private readComplex(data: TensorData): BackendValues {
    const { real, imag } = data.complexTensorInfos!;
    return backend_util.mergeRealAndImagArrays(
      this.readSync(real.dataId) as Float32Array,
      this.readSync(imag.dataId) as Float32Array,
    );
  }

  override disposeData(id: DataId, force = false): boolean {
    const data = this.data.find(id);
    if (data === undefined) return true;
    data.refCount--;
    if (!force && data.refCount > 0) return false;
    if (data.complexTensorInfos !== undefined) {
      this.disposeData(data.complexTensorInfos.real.dataId, true);
      this.disposeData(data.complexTensorInfos.imag.dataId, true);
    }
    this.data.delete(id);
    return true;
  }

  override refCount(id: DataId): number {
    return this.data.find(id)?.refCount ?? 0;
  }

  override incRef(id: DataId): void {
    this.data.get(id).refCount++;
  }

  override numDataIds(): number {
    return this.data.numDataIds();
  }

  override async time(run: () => void): Promise<BackendTimingInfo> {
    const start = util.now();
    run();
    return { kernelMs: util.now() - start };
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: false };
  }

  override floatPrecision(): 32 {
    return 32;
  }

  override dispose(): void {
    this.data.dispose();
  }

  // What follows is for our own kernels.

  /** The address of a tensor's float32 numbers; 0 if it has others. @throws OutOfMemoryError */
  floats({ dataId }: TensorInfo): number {
    const data = this.data.get(dataId);
    return data.dtype === 'float32' ? this.data.addressOf(data) : 0;
  }

  /** A new tensor, whose numbers a kernel is about to write. @throws OutOfMemoryError */
  make(shape: number[], dtype: DataType, length: number): TensorInfo & { dataId: TensorData } {
    return { dataId: this.data.make(dtype, length), shape, dtype };
  }

  /** A new tensor of float32 numbers that are all the same. @throws OutOfMemoryError */
  filled(shape: number[], value: number): ReturnType<LinearMemoryBackend['make']> {
    const size = sizeOf(shape);
    const made = this.make(shape, 'float32', size);
    this.core.fill(size, value, made.dataId.address);
    return made;
  }

  /** Another tensor of the same values. */
  share({ dataId }: TensorInfo, shape: number[], dtype: DataType): TensorInfo {
    this.data.get(dataId).refCount++;
    return { dataId, shape, dtype };
  }

  // What follows is asked for by kernels of tfjs's cpu backend.

  /** The tile of its product of matrices. */
  readonly blockSize = 48;

  /** A tensor of values that a kernel has made: they stay in its array until one of our kernels needs them. */
  makeTensorInfo(shape: number[], dtype: DataType, values?: BackendValues | string[]): TensorInfo {
    const texts = dtype === 'string' && typeof values?.[0] === 'string';
    const stored = texts ? (values as string[]).map((text) => util.encodeString(text)) : (values as BackendValues);
    return { dataId: this.data.hold(dtype, stored), shape, dtype };
  }

  makeOutput(values: BackendValues, shape: number[], dtype: DataType): Tensor {
    return engine().makeTensorFromTensorInfo(this.makeTensorInfo(shape, dtype, values), this);
  }

  decRef(id: DataId): void {
    const data = this.data.find(id);
    if (data !== undefined) data.refCount--;
  }

  disposeIntermediateTensorInfo({ dataId }: TensorInfo): void {
    this.disposeData(dataId);
  }

  /** The values as a buffer, which is not to be written. */
  bufferSync({ dataId, shape, dtype }: TensorInfo): TensorBuffer<never, DataType> {
    const data = this.data.get(dataId);
    const values = dtype === 'complex64' ? this.readComplex(data) : data.values;
    if (dtype !== 'string') return buffer(shape as never, dtype, values as never);
    return buffer(shape as never, dtype, (values as Uint8Array[]).map(decode) as never);
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return util.decodeString(bytes);
  } catch {
    throw new Error('Failed to decode encoded string bytes into utf-8');
  }
}
