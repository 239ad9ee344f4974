// Element by element: arithmetic, comparisons, functions of one number.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import {
  TensorActivation,
  type TensorActivationCode,
  TensorBinary,
  type TensorBinaryCode,
  TensorComparison,
  type TensorComparisonCode,
  TensorUnary,
  type TensorUnaryCode,
} from '../../../../build/codes.js';
import type { LinearMemoryBackend } from '../backend.js';
import { pairing, sameShape, sizeOf } from '../shapes.js';
import type { Call, Kernel } from './kernel.js';

/** a ∘ b, where b may be repeated along a, or a along b */
function paired(code: TensorBinaryCode, a: TensorInfo, b: TensorInfo, backend: LinearMemoryBackend): TensorInfo | undefined {
  const x = backend.floats(a);
  const y = backend.floats(b);
  if (x === 0 || y === 0 || !pairing.of(a.shape, b.shape)) return undefined;
  const { batches, jumpX, jumpY, rows, n, stepX, wideX, stepY, wideY } = pairing;
  const out = backend.make(pairing.shape, 'float32', batches * rows * n);
  for (let i = 0; i < batches; i++) {
    const to = out.dataId.address + i * rows * n * 4;
    backend.core.binary(code, rows, n, x + i * jumpX * 4, stepX * 4, wideX, y + i * jumpY * 4, stepY * 4, wideY, to);
  }
  return out;
}

const arithmetic =
  (code: TensorBinaryCode): Kernel =>
  ({ inputs, backend }) =>
    paired(code, inputs.a, inputs.b, backend);

/** Small whole powers as products, which take a tenth of the time of others. */
const pow: Kernel = (call) => {
  const { a, b } = call.inputs;
  const { backend } = call;
  const exponent = sizeOf(b.shape) === 1 && b.shape.length <= a.shape.length ? backend.data.get(b.dataId).values[0] : 0;
  const x = exponent === 1 || exponent === 2 || exponent === 3 || exponent === 4 ? backend.floats(a) : 0;
  if (x === 0 || b.dtype !== 'float32') return paired(TensorBinary.Pow, a, b, backend);
  if (exponent === 1) return backend.share(a, a.shape, a.dtype);
  const n = sizeOf(a.shape);
  const out = backend.make(a.shape, 'float32', n);
  const { address } = out.dataId;
  backend.core.unary(TensorUnary.Square, n, x, address, 0, 0);
  if (exponent === 3) backend.core.binary(TensorBinary.Multiply, 1, n, address, 0, 1, x, 0, 1, address);
  if (exponent === 4) backend.core.unary(TensorUnary.Square, n, address, address, 0, 0);
  return out;
};

const prelu: Kernel = ({ inputs, backend }) => paired(TensorBinary.Prelu, inputs.x, inputs.alpha, backend);

/** Of tensors of one shape: a tensor of y's shape, whatever dy's is, is what the cpu kernel makes. */
const eluGrad: Kernel = ({ inputs, backend }) =>
  sameShape(inputs.dy.shape, inputs.y.shape) ? paired(TensorBinary.EluGrad, inputs.dy, inputs.y, backend) : undefined;

const comparison =
  (code: TensorComparisonCode): Kernel =>
  ({ inputs, backend }) => {
    const { a, b } = inputs;
    const { data } = backend;
    const left = data.get(a.dataId);
    const right = data.get(b.dataId);
    const integers = left.dtype === 'int32';
    if (left.dtype !== right.dtype || !(integers || left.dtype === 'float32') || !pairing.of(a.shape, b.shape)) return undefined;
    const x = data.addressOf(left);
    const y = data.addressOf(right);
    const { batches, jumpX, jumpY, rows, n, stepX, wideX, stepY, wideY } = pairing;
    const out = backend.make(pairing.shape, 'bool', batches * rows * n);
    for (let i = 0; i < batches; i++) {
      const p = x + i * jumpX * 4;
      const q = y + i * jumpY * 4;
      backend.core.compare(code, +integers, rows, n, p, stepX * 4, wideX, q, stepY * 4, wideY, out.dataId.address + i * rows * n);
    }
    return out;
  };

function elementary(code: TensorUnaryCode, { inputs, backend }: Call, first: number, second: number): TensorInfo | undefined {
  const x = backend.floats(inputs.x);
  if (x === 0) return undefined;
  const { shape } = inputs.x;
  const n = sizeOf(shape);
  const out = backend.make(shape, 'float32', n);
  backend.core.unary(code, n, x, out.dataId.address, first, second);
  return out;
}

const unary =
  (code: TensorUnaryCode): Kernel =>
  (call) =>
    elementary(code, call, 0, 0);

const step: Kernel = (call) => elementary(TensorUnary.Step, call, call.attrs.alpha, 0);

const clipByValue: Kernel = (call) => elementary(TensorUnary.ClipByValue, call, call.attrs.clipValueMin, call.attrs.clipValueMax);

function activated(code: TensorActivationCode, { inputs, backend }: Call, parameter: number): TensorInfo | undefined {
  const x = backend.floats(inputs.x);
  if (x === 0) return undefined;
  const { shape } = inputs.x;
  const n = sizeOf(shape);
  const out = backend.make(shape, 'float32', n);
  backend.core.activate(code, n, x, out.dataId.address, parameter);
  return out;
}

const activation =
  (code: TensorActivationCode): Kernel =>
  (call) =>
    activated(code, call, 1);

const leakyRelu: Kernel = (call) => activated(TensorActivation.leakyRelu, call, call.attrs.alpha);

const logicalAnd: Kernel = ({ inputs, backend }) => {
  const { a, b } = inputs;
  const { data } = backend;
  const left = data.get(a.dataId);
  const right = data.get(b.dataId);
  if (left.dtype !== 'bool' || right.dtype !== 'bool' || !sameShape(a.shape, b.shape)) return undefined;
  const x = data.addressOf(left);
  const y = data.addressOf(right);
  const out = backend.make(a.shape, 'bool', left.length);
  backend.core.bothTrue(left.length, x, y, out.dataId.address);
  return out;
};

/** Where all three have one shape; the cpu kernel also repeats a condition. */
const select: Kernel = ({ inputs, backend }) => {
  const { condition, t, e } = inputs;
  const { data } = backend;
  const which = data.get(condition.dataId);
  if (which.dtype !== 'bool' || !sameShape(condition.shape, t.shape) || !sameShape(t.shape, e.shape)) return undefined;
  const x = backend.floats(t);
  const y = backend.floats(e);
  if (x === 0 || y === 0) return undefined;
  const c = data.addressOf(which);
  const out = backend.make(t.shape, 'float32', which.length);
  backend.core.choose(which.length, c, x, y, out.dataId.address);
  return out;
};

const addN: Kernel = ({ inputs, backend }) => {
  const [first, second, ...others] = inputs as TensorInfo[];
  if (second === undefined || (inputs as TensorInfo[]).some((each) => backend.floats(each) === 0)) return undefined;
  const sum = paired(TensorBinary.Add, first!, second, backend);
  if (sum === undefined) return undefined;
  const at = backend.floats(sum);
  const n = sizeOf(sum.shape);
  for (const each of others) backend.core.binary(TensorBinary.Add, 1, n, at, 0, 1, backend.floats(each), 0, 1, at);
  return sum;
};

const { EluGrad: _, Prelu: __, Pow: _____, ...ARITHMETIC } = TensorBinary;
const { Step: ___, ClipByValue: ____, ...FUNCTIONS } = TensorUnary;

const all = <Code>(codes: Record<string, Code>, of: (code: Code) => Kernel) =>
  Object.fromEntries(Object.entries(codes).map(([name, code]) => [name, of(code)]));

export const elementwise: Record<string, Kernel> = {
  ...all(ARITHMETIC, arithmetic),
  ...all(TensorComparison, comparison),
  ...all(FUNCTIONS, unary),
  Step: step,
  ClipByValue: clipByValue,
  Pow: pow,
  Prelu: prelu,
  EluGrad: eluGrad,
  Relu: activation(TensorActivation.relu),
  Relu6: activation(TensorActivation.relu6),
  Elu: activation(TensorActivation.elu),
  Selu: activation(TensorActivation.selu),
  Sigmoid: activation(TensorActivation.sigmoid),
  Tanh: activation(TensorActivation.tanh),
  Softplus: activation(TensorActivation.softplus),
  LeakyRelu: leakyRelu,
  LogicalAnd: logicalAnd,
  Select: select,
  AddN: addN,
};
