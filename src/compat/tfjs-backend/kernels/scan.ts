// Products, running sums and products along an axis, and whether any or all of some booleans are true.

import { reduction } from '../shapes.js';
import type { Kernel } from './kernel.js';

const prod: Kernel = ({ inputs, attrs, backend }) => {
  const at = backend.floats(inputs.x);
  if (at === 0 || !reduction.of(inputs.x.shape, attrs.axis, attrs.keepDims)) return undefined;
  const { outer, n, inner, shape } = reduction;
  const out = backend.make(shape, 'float32', outer * inner);
  backend.core.products(outer, n, inner, at, out.dataId.address);
  return out;
};

const running =
  (product: 0 | 1): Kernel =>
  ({ inputs, attrs, backend }) => {
    const { x } = inputs;
    const at = backend.floats(x);
    if (at === 0 || typeof attrs.axis !== 'number' || !reduction.of(x.shape, attrs.axis, false)) return undefined;
    const { outer, n, inner } = reduction;
    const out = backend.make(x.shape, 'float32', outer * n * inner);
    const pitch = inner * 4;
    const first = attrs.reverse ? (n - 1) * pitch : 0;
    const step = attrs.reverse ? -pitch : pitch;
    const { address } = out.dataId;
    backend.core.running(product, attrs.exclusive ? 1 : 0, outer, n, inner, step, at + first, address + first);
    return out;
  };

const agreed =
  (all: 0 | 1): Kernel =>
  ({ inputs, attrs, backend }) => {
    const { x } = inputs;
    const from = backend.data.get(x.dataId);
    if (from.dtype !== 'bool' || !reduction.of(x.shape, attrs.axis, attrs.keepDims) || reduction.n === 0) return undefined;
    const { outer, n, inner, shape } = reduction;
    const at = backend.data.addressOf(from);
    const out = backend.make(shape, 'bool', outer * inner);
    backend.core.agreed(all, outer, n, inner, at, out.dataId.address);
    return out;
  };

export const scans: Record<string, Kernel> = {
  Prod: prod,
  Cumsum: running(0),
  Cumprod: running(1),
  Any: agreed(0),
  All: agreed(1),
};
