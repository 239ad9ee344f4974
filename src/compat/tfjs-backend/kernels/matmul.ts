// Products of matrices, in batches, with bias and activation.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { Operand } from '../../../../build/codes.js';
import type { LinearMemoryBackend } from '../backend.js';
import { sizeBetween, sizeOf } from '../shapes.js';
import { activate, areOurs } from './fused.js';
import type { Kernel } from './kernel.js';

/** The shape of a batch of products: what all but the last two axes say; undefined where they meet in another way. */
function batchShape(a: readonly number[], b: readonly number[]): readonly number[] | undefined {
  const left = a.length - 2;
  const right = b.length - 2;
  if (left === right) {
    let same = true;
    for (let i = 0; i < left; i++) same &&= a[i] === b[i];
    if (same) return a;
  }
  if (sizeBetween(b, 0, right) === 1 && right <= left) return a;
  if (sizeBetween(a, 0, left) === 1 && left <= right) return b;
  return undefined;
}

/** a·b + bias, each of a and b perhaps transposed; bias: a row's address, or 0 */
function product(
  a: TensorInfo,
  b: TensorInfo,
  transposeA: boolean,
  transposeB: boolean,
  bias: number,
  backend: LinearMemoryBackend,
): ReturnType<LinearMemoryBackend['make']> | undefined {
  const x = backend.floats(a);
  const y = backend.floats(b);
  const leading = batchShape(a.shape, b.shape);
  if (x === 0 || y === 0 || leading === undefined) return undefined;
  const { length: rankA } = a.shape;
  const { length: rankB } = b.shape;
  if (rankA < 2 || rankB < 2) return undefined;
  const m = a.shape[rankA - (transposeA ? 1 : 2)]!;
  const depth = a.shape[rankA - (transposeA ? 2 : 1)]!;
  const n = b.shape[rankB - (transposeB ? 2 : 1)]!;
  if (depth !== b.shape[rankB - (transposeB ? 1 : 2)]) return undefined;
  const shape = leading.slice(0, -2);
  const batch = sizeOf(shape);
  shape.push(m, n);
  const { core, data } = backend;
  const ta = transposeA ? Operand.transposed : Operand.plain;
  const tb = transposeB ? Operand.transposed : Operand.plain;
  const scratch = data.scratch(core.gemmScratch(ta, tb, m, n, depth));
  const out = backend.make(shape, 'float32', batch * m * n);
  const lda = (transposeA ? m : depth) * 4;
  const ldb = (transposeB ? depth : n) * 4;
  const nextA = sizeBetween(a.shape, 0, rankA - 2) === 1 ? 0 : m * depth * 4;
  const nextB = sizeBetween(b.shape, 0, rankB - 2) === 1 ? 0 : depth * n * 4;
  const { address } = out.dataId;
  for (let i = 0; i < batch; i++) {
    core.gemm(ta, tb, m, n, depth, x + i * nextA, lda, y + i * nextB, ldb, address + i * m * n * 4, n * 4, bias, 0, scratch);
  }
  if (!core.areFinite(batch * m * n, address)) {
    for (let i = 0; i < batch; i++) {
      core.mendProduct(ta, tb, m, n, depth, x + i * nextA, y + i * nextB, address + i * m * n * 4, bias);
    }
  }
  return out;
}

const batchMatMul: Kernel = ({ inputs, attrs, backend }) =>
  product(inputs.a, inputs.b, attrs.transposeA, attrs.transposeB, 0, backend);

const fusedMatMul: Kernel = (call) => {
  const { inputs, attrs, backend } = call;
  const { a, b, bias } = inputs;
  const n = b.shape[b.shape.length - (attrs.transposeB ? 2 : 1)];
  if (!areOurs(call, n, Math.max(a.shape.length, b.shape.length))) return undefined;
  const out = product(a, b, attrs.transposeA, attrs.transposeB, bias ? backend.floats(bias) : 0, backend);
  if (out !== undefined) activate(call, out.dataId, n);
  return out;
};

export const products: Record<string, Kernel> = { BatchMatMul: batchMatMul, _FusedMatMul: fusedMatMul };
