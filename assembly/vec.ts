// The lane vocabulary: the only home of v128 idioms. A vector holds LANES reals; sizes count elements, strides count bytes.

/** Bytes of one real. */
export const SIZE: usize = sizeof<real>();

/** Reals in one vector: 4 (float32) or 2 (float64). */
export const LANES: i32 = 16 / <i32>sizeof<real>();

/** Whether multiply-adds are rounded once: the binaries compiled with relaxed SIMD, on processors that have the instruction. */
export const FUSED: bool = ASC_FEATURE_RELAXED_SIMD;

/** FUSED, for those who were given a binary. */
export function isFused(): i32 {
  return FUSED ? 1 : 0;
}

/** Every lane x. */
// @ts-ignore: decorator
@inline
export function splat(x: real): v128 {
  return v128.splat<real>(x);
}

/** Every lane the real at p. */
// @ts-ignore: decorator
@inline
export function splatAt(p: usize): v128 {
  return sizeof<real>() == 4 ? v128.load32_splat(p) : v128.load64_splat(p);
}

// @ts-ignore: decorator
@inline
export function add(a: v128, b: v128): v128 {
  return v128.add<real>(a, b);
}

// @ts-ignore: decorator
@inline
export function sub(a: v128, b: v128): v128 {
  return v128.sub<real>(a, b);
}

// @ts-ignore: decorator
@inline
export function mul(a: v128, b: v128): v128 {
  return v128.mul<real>(a, b);
}

/** c + a·b: rounded twice in strict SIMD, which has no fused form; once in relaxed SIMD, where the processor can. */
// @ts-ignore: decorator
@inline
export function madd(c: v128, a: v128, b: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_madd<real>(a, b, c);
  return v128.add<real>(c, v128.mul<real>(a, b));
}

/** mask ? a : b, lane by lane (a mask's lane is all ones or all zeros). */
// @ts-ignore: decorator
@inline
export function select(mask: v128, a: v128, b: v128): v128 {
  return v128.bitselect(a, b, mask);
}

/** Σ lanes, pairwise. */
// @ts-ignore: decorator
@inline
export function sum(v: v128): real {
  if (sizeof<real>() == 4) {
    const t = v128.add<f32>(v, v128.shuffle<f64>(v, v, 1, 0));
    return <real>(v128.extract_lane<f32>(t, 0) + v128.extract_lane<f32>(t, 1));
  }
  return <real>(v128.extract_lane<f64>(v, 0) + v128.extract_lane<f64>(v, 1));
}

/** The largest lane; NaN if one is NaN. */
// @ts-ignore: decorator
@inline
export function largest(v: v128): real {
  if (sizeof<real>() == 4) {
    const t = v128.max<f32>(v, v128.shuffle<f64>(v, v, 1, 0));
    return <real>max(v128.extract_lane<f32>(t, 0), v128.extract_lane<f32>(t, 1));
  }
  return <real>max(v128.extract_lane<f64>(v, 0), v128.extract_lane<f64>(v, 1));
}

/** The largest lane, in every lane; NaN left out unless there is nothing else. */
// @ts-ignore: decorator
@inline
export function largestLane(v: v128): v128 {
  if (sizeof<real>() == 8) return v128.pmax<f64>(v, v128.shuffle<f64>(v, v, 1, 0));
  const t = v128.pmax<f32>(v, v128.shuffle<f64>(v, v, 1, 0));
  return v128.pmax<f32>(t, v128.shuffle<f32>(t, t, 1, 0, 3, 2));
}

/** The first lane of x, and behind it all of v's but the last. */
// @ts-ignore: decorator
@inline
export function before(x: v128, v: v128): v128 {
  return sizeof<real>() == 4 ? v128.shuffle<f32>(x, v, 0, 4, 5, 6) : v128.shuffle<f64>(x, v, 0, 2);
}

/** The first lane of v, in every lane. */
// @ts-ignore: decorator
@inline
export function firstLane(v: v128): v128 {
  return sizeof<real>() == 4 ? v128.shuffle<f32>(v, v, 0, 0, 0, 0) : v128.shuffle<f64>(v, v, 0, 0);
}

/** The first n lanes of v, the others 0. */
// @ts-ignore: decorator
@inline
export function firstLanes(v: v128, n: i32): v128 {
  if (sizeof<real>() == 8) return v128.and(v, i64x2(-1, 0));
  return v128.and(v, v128.lt<i32>(i32x4(0, 1, 2, 3), v128.splat<i32>(n)));
}

/** v with its first lane behind the others. */
// @ts-ignore: decorator
@inline
export function turned(v: v128): v128 {
  return sizeof<real>() == 4 ? v128.shuffle<f32>(v, v, 1, 2, 3, 0) : v128.shuffle<f64>(v, v, 1, 0);
}

/** The first n lanes (1 ≤ n < LANES) from p, the others 0; touches nothing beyond them. */
// @ts-ignore: decorator
@inline
export function loadPart(p: usize, n: i32): v128 {
  if (sizeof<real>() == 8) return v128.load64_zero(p);
  if (n == 1) return v128.load32_zero(p);
  const v = v128.load64_zero(p);
  return n == 2 ? v : v128.load_lane<f32>(p, v, 2, 8);
}

/** Stores the first n lanes (1 ≤ n < LANES) at p and touches nothing beyond them. */
// @ts-ignore: decorator
@inline
export function storePart(p: usize, v: v128, n: i32): void {
  if (sizeof<real>() == 8) {
    v128.store64_lane(p, v, 0);
  } else if (n == 1) {
    v128.store32_lane(p, v, 0);
  } else {
    v128.store64_lane(p, v, 0);
    if (n == 3) v128.store32_lane(p, v, 2, 8);
  }
}

/** The first min(n, LANES) lanes from p, the others 0. */
// @ts-ignore: decorator
@inline
export function loadUpTo(p: usize, n: i32): v128 {
  return n >= LANES ? v128.load(p) : loadPart(p, n);
}

/** Stores the first min(n, LANES) lanes at p. */
// @ts-ignore: decorator
@inline
export function storeUpTo(p: usize, v: v128, n: i32): void {
  if (n >= LANES) v128.store(p, v);
  else storePart(p, v, n);
}

/** 2^-102 and 2^-970: running moments have no use for digits below their last, 2^-125 and 2^-1022. */
const TINY: real = <real>(sizeof<real>() == 4 ? 1.9721522630525295e-31 : 1.0020841800044864e-292);

/**
 * 2^-78 and 2^-946, for velocities: of what they keep, 2^-101 or 2^-998 at least, it takes momentum 0.9 a hundred and fifty steps
 * to make a subnormal number.
 */
const NEGLIGIBLE: real = <real>(sizeof<real>() == 4 ? 3.308722450212111e-24 : 1.681218273811815e-285);

/**
 * NEGLIGIBLE in every lane, as a vector that the compiler does not know: one that it knows would be made anew in every turn of a
 * loop. v is finite.
 */
// @ts-ignore: decorator
@inline
export function smallBeside(v: v128): v128 {
  return v128.or(v128.xor(v, v), splat(NEGLIGIBLE));
}

/**
 * u without what is subnormal: the moments of a weight whose gradient has become 0 (a unit that no longer fires, a pixel
 * that is never on) decays into numbers that processors take a hundred cycles over.
 */
// @ts-ignore: decorator
@inline
export function flushedBy(tiny: v128, u: v128): v128 {
  return v128.sub<real>(add(u, tiny), tiny);
}

/** flushedBy for loops of one vector */
// @ts-ignore: decorator
@inline
export function flushed(u: v128): v128 {
  return flushedBy(splat(TINY), u);
}
