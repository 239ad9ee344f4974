// Elementary functions of a tensor, element by element; activations are in activation.ts.
//
// A function is a class of which nothing is left at run time: of(x, s, t), where s and t are its parameters, if it has any.

import { TensorUnary } from "../codes";
import { LANES, add, mul, select, splat, storePart, sub } from "../vec";
import { exp, expm1, log } from "../kernels/elementary";
import { errorFunction } from "./power";

@final
class Abs {
  // @ts-ignore: decorator
  @inline
  of(x: v128, s: v128, t: v128): v128 {
    return v128.abs<real>(x);
  }
}

@final
class Neg {
  // @ts-ignore: decorator
  @inline
  of(x: v128, s: v128, t: v128): v128 {
    return v128.neg<real>(x);
  }
}

@final
class Square {
  // @ts-ignore: decorator
  @inline
  of(x: v128, s: v128, t: v128): v128 {
    return mul(x, x);
  }
}

@final
class Sqrt {
  // @ts-ignore: decorator
  @inline
  of(x: v128, s: v128, t: v128): v128 {
    return v128.sqrt<real>(x);
  }
}

@final
class Rsqrt {
  // @ts-ignore: decorator
  @inline
  of(x: v128, s: v128, t: v128): v128 {
    return v128.div<real>(splat(1), v128.sqrt<real>(x));
  }
}

@final
class Reciprocal {
  // @ts-ignore: decorator
  @inline
  of(x: v128, s: v128, t: v128): v128 {
    return v128.div<real>(splat(1), x);
  }
}

@final
class Exp {
  // @ts-ignore: decorator
  @inline
  of(x: v128, s: v128, t: v128): v128 {
    return exp<real>(x);
  }
}

@final
class Expm1 {
  // @ts-ignore: decorator
  @inline
  of(x: v128, s: v128, t: v128): v128 {
    return select(v128.gt<real>(x, splat(32)), exp<real>(x), expm1<real>(x));
  }
}

@final
class Log {
  // @ts-ignore: decorator
  @inline
  of(x: v128, s: v128, t: v128): v128 {
    return log<real>(x);
  }
}

/** ln u + (x − (u − 1))/u, u = 1 + x: what rounding u has lost is put back */
@final
class Log1p {
  // @ts-ignore: decorator
  @inline
  of(x: v128, s: v128, t: v128): v128 {
    const one = splat(1), u = add(one, x), lost = sub(x, sub(u, one));
    const corrected = add(log<real>(u), v128.div<real>(lost, u));
    // Where u is 0 or ∞ nothing was lost, and the correction is no number.
    const exact = v128.or(v128.eq<real>(u, splat(0)), v128.eq<real>(u, splat(Infinity)));
    return select(exact, log<real>(u), corrected);
  }
}

@final
class Sign {
  // @ts-ignore: decorator
  @inline
  of(x: v128, s: v128, t: v128): v128 {
    const positive = v128.and(v128.gt<real>(x, splat(0)), splat(1));
    return v128.or(positive, v128.and(v128.lt<real>(x, splat(0)), splat(-1)));
  }
}

@final
class Floor {
  // @ts-ignore: decorator
  @inline
  of(x: v128, s: v128, t: v128): v128 {
    return v128.floor<real>(x);
  }
}

@final
class Ceil {
  // @ts-ignore: decorator
  @inline
  of(x: v128, s: v128, t: v128): v128 {
    return v128.ceil<real>(x);
  }
}

@final
class Round {
  // @ts-ignore: decorator
  @inline
  of(x: v128, s: v128, t: v128): v128 {
    return v128.nearest<real>(x); // halves to the even one
  }
}

@final
class Erf {
  // @ts-ignore: decorator
  @inline
  of(x: v128, s: v128, t: v128): v128 {
    return errorFunction(x);
  }
}

/** 1, or s from 0 down; NaN stays */
@final
class Step {
  // @ts-ignore: decorator
  @inline
  of(x: v128, s: v128, t: v128): v128 {
    return select(v128.eq<real>(x, x), select(v128.gt<real>(x, splat(0)), splat(1), s), x);
  }
}

/** x, but t above t, and s below s */
@final
class ClipByValue {
  // @ts-ignore: decorator
  @inline
  of(x: v128, s: v128, t: v128): v128 {
    return select(v128.gt<real>(x, t), t, select(v128.lt<real>(x, s), s, x));
  }
}

/** out[i] = f(x[i]) */
function each<F>(n: i32, x: usize, out: usize, s: v128, t: v128): void {
  const f = changetype<F>(0);
  for (; n >= LANES; n -= LANES, x += 16, out += 16) v128.store(out, f.of(v128.load(x), s, t));
  if (n > 0) storePart(out, f.of(v128.load(x), s, t), n);
}

/** out[i] = f(x[i])   s, t: the function's parameters; out may be x */
export function unary(f: TensorUnary, n: i32, x: usize, out: usize, first: f64, second: f64): void {
  const s = splat(<real>first), t = splat(<real>second);
  switch (f) {
    case TensorUnary.Abs: each<Abs>(n, x, out, s, t); break;
    case TensorUnary.Neg: each<Neg>(n, x, out, s, t); break;
    case TensorUnary.Square: each<Square>(n, x, out, s, t); break;
    case TensorUnary.Sqrt: each<Sqrt>(n, x, out, s, t); break;
    case TensorUnary.Rsqrt: each<Rsqrt>(n, x, out, s, t); break;
    case TensorUnary.Reciprocal: each<Reciprocal>(n, x, out, s, t); break;
    case TensorUnary.Exp: each<Exp>(n, x, out, s, t); break;
    case TensorUnary.Expm1: each<Expm1>(n, x, out, s, t); break;
    case TensorUnary.Log: each<Log>(n, x, out, s, t); break;
    case TensorUnary.Log1p: each<Log1p>(n, x, out, s, t); break;
    case TensorUnary.Sign: each<Sign>(n, x, out, s, t); break;
    case TensorUnary.Floor: each<Floor>(n, x, out, s, t); break;
    case TensorUnary.Ceil: each<Ceil>(n, x, out, s, t); break;
    case TensorUnary.Round: each<Round>(n, x, out, s, t); break;
    case TensorUnary.Erf: each<Erf>(n, x, out, s, t); break;
    case TensorUnary.Step: each<Step>(n, x, out, s, t); break;
    case TensorUnary.ClipByValue: each<ClipByValue>(n, x, out, s, t); break;
    default: unreachable();
  }
}
