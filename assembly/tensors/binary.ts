// Arithmetic of two tensors, element by element, where one may be repeated along rows or columns.
//
// An operation is a class of which nothing is left at run time: of(x, y) of two vectors, and commutes(): of(x, y) = of(y, x).

import { TensorBinary } from "../codes";
import { LANES, SIZE, add, mul, select, splat, splatAt, storePart, sub } from "../vec";
import { power } from "./power";

@final
class Add {
  // @ts-ignore: decorator
  @inline
  of(x: v128, y: v128): v128 {
    return add(x, y);
  }

  // @ts-ignore: decorator
  @inline
  commutes(): bool {
    return true;
  }
}

@final
class Sub {
  // @ts-ignore: decorator
  @inline
  of(x: v128, y: v128): v128 {
    return sub(x, y);
  }

  // @ts-ignore: decorator
  @inline
  commutes(): bool {
    return false;
  }
}

@final
class Multiply {
  // @ts-ignore: decorator
  @inline
  of(x: v128, y: v128): v128 {
    return mul(x, y);
  }

  // @ts-ignore: decorator
  @inline
  commutes(): bool {
    return true;
  }
}

@final
class RealDiv {
  // @ts-ignore: decorator
  @inline
  of(x: v128, y: v128): v128 {
    return v128.div<real>(x, y);
  }

  // @ts-ignore: decorator
  @inline
  commutes(): bool {
    return false;
  }
}

@final
class Maximum {
  // @ts-ignore: decorator
  @inline
  of(x: v128, y: v128): v128 {
    return v128.max<real>(x, y); // NaN if one is
  }

  // @ts-ignore: decorator
  @inline
  commutes(): bool {
    return true;
  }
}

@final
class Minimum {
  // @ts-ignore: decorator
  @inline
  of(x: v128, y: v128): v128 {
    return v128.min<real>(x, y);
  }

  // @ts-ignore: decorator
  @inline
  commutes(): bool {
    return true;
  }
}

@final
class SquaredDifference {
  // @ts-ignore: decorator
  @inline
  of(x: v128, y: v128): v128 {
    const d = sub(x, y);
    return mul(d, d);
  }

  // @ts-ignore: decorator
  @inline
  commutes(): bool {
    return true;
  }
}

@final
class Pow {
  // @ts-ignore: decorator
  @inline
  of(x: v128, y: v128): v128 {
    return power(x, y);
  }

  // @ts-ignore: decorator
  @inline
  commutes(): bool {
    return false;
  }
}

/** x, or y·x below 0 */
@final
class Prelu {
  // @ts-ignore: decorator
  @inline
  of(x: v128, y: v128): v128 {
    return select(v128.lt<real>(x, splat(0)), mul(x, y), x);
  }

  // @ts-ignore: decorator
  @inline
  commutes(): bool {
    return false;
  }
}

/** x·f′ from y = f(x′), f being elu */
@final
class EluGrad {
  // @ts-ignore: decorator
  @inline
  of(x: v128, y: v128): v128 {
    return select(v128.ge<real>(y, splat(0)), x, mul(x, add(y, splat(1))));
  }

  // @ts-ignore: decorator
  @inline
  commutes(): bool {
    return false;
  }
}

/** out[j] = x[j] ∘ y[j] */
function both<F>(n: i32, x: usize, y: usize, out: usize): void {
  const f = changetype<F>(0);
  for (; n >= LANES; n -= LANES, x += 16, y += 16, out += 16) v128.store(out, f.of(v128.load(x), v128.load(y)));
  if (n > 0) storePart(out, f.of(v128.load(x), v128.load(y)), n);
}

/** out[j] = x[j] ∘ y[0] */
function rightOne<F>(n: i32, x: usize, y: usize, out: usize): void {
  const f = changetype<F>(0), v = splatAt(y);
  for (; n >= LANES; n -= LANES, x += 16, out += 16) v128.store(out, f.of(v128.load(x), v));
  if (n > 0) storePart(out, f.of(v128.load(x), v), n);
}

/** out[j] = x[0] ∘ y[j] */
function leftOne<F>(n: i32, x: usize, y: usize, out: usize): void {
  const f = changetype<F>(0), v = splatAt(x);
  for (; n >= LANES; n -= LANES, y += 16, out += 16) v128.store(out, f.of(v, v128.load(y)));
  if (n > 0) storePart(out, f.of(v, v128.load(y)), n);
}

// @ts-ignore: decorator
@inline
function rowByRow<F>(rows: i32, n: i32, x: usize, ldx: usize, wideX: i32, y: usize, ldy: usize, wideY: i32, out: usize): void {
  for (; rows > 0; rows--, x += ldx, y += ldy, out += <usize>n * SIZE) {
    if (wideX & wideY) both<F>(n, x, y, out);
    else if (wideX) rightOne<F>(n, x, y, out);
    else if (changetype<F>(0).commutes()) rightOne<F>(n, y, x, out);
    else leftOne<F>(n, x, y, out);
  }
}

/**
 * out[r,j] = x[r,j] ∘ y[r,j]   out: rows×n row-major; x: rows ldx bytes apart, wideX = 0 if a row is one number for all j, and y
 * likewise, but one of both is wide; out may be an operand of its own shape
 */
export function binary(
  operation: TensorBinary, rows: i32, n: i32, x: usize, ldx: usize, wideX: i32, y: usize, ldy: usize, wideY: i32, out: usize,
): void {
  switch (operation) {
    case TensorBinary.Add: rowByRow<Add>(rows, n, x, ldx, wideX, y, ldy, wideY, out); break;
    case TensorBinary.Sub: rowByRow<Sub>(rows, n, x, ldx, wideX, y, ldy, wideY, out); break;
    case TensorBinary.Multiply: rowByRow<Multiply>(rows, n, x, ldx, wideX, y, ldy, wideY, out); break;
    case TensorBinary.RealDiv: rowByRow<RealDiv>(rows, n, x, ldx, wideX, y, ldy, wideY, out); break;
    case TensorBinary.Maximum: rowByRow<Maximum>(rows, n, x, ldx, wideX, y, ldy, wideY, out); break;
    case TensorBinary.Minimum: rowByRow<Minimum>(rows, n, x, ldx, wideX, y, ldy, wideY, out); break;
    case TensorBinary.SquaredDifference: rowByRow<SquaredDifference>(rows, n, x, ldx, wideX, y, ldy, wideY, out); break;
    case TensorBinary.Pow: rowByRow<Pow>(rows, n, x, ldx, wideX, y, ldy, wideY, out); break;
    case TensorBinary.Prelu: rowByRow<Prelu>(rows, n, x, ldx, wideX, y, ldy, wideY, out); break;
    case TensorBinary.EluGrad: rowByRow<EluGrad>(rows, n, x, ldx, wideX, y, ldy, wideY, out); break;
    default: unreachable();
  }
}
