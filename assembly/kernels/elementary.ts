// exp, expm1, log, log1p, logistic, softplus and the normal distribution function, a vector at a time.
//
// Generic over T (f32 | f64), since the random generator needs float64 in both binaries. No table, no branch on data.
// Error bounds, in units in the last place of T over the whole finite range, subnormal results included:
// exp, expm1, log, log1p, bell ≤ 2, logistic, softplus ≤ 4, normalCdf ≤ 8. Polynomials: scripts/minimax.py.

// @ts-ignore: decorator
@inline
export function c<T>(single: f64, double: f64): v128 {
  return v128.splat<T>(<T>(sizeof<T>() == 4 ? single : double));
}

/** p·x + a: rounded once where multiply-adds are fused */
// @ts-ignore: decorator
@inline
export function horner<T>(p: v128, x: v128, a: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_madd<T>(p, x, a);
  return v128.add<T>(v128.mul<T>(p, x), a);
}

/** The sign bits of x. */
// @ts-ignore: decorator
@inline
export function signs<T>(x: v128): v128 {
  return v128.and(x, v128.splat<T>(<T>-0.0));
}

// Adding 1.5·2^(significand bits − 1) leaves the nearest integer in the low bits.
// @ts-ignore: decorator
@inline
export function magic<T>(): v128 {
  return c<T>(12582912.0, 6755399441055744.0);
}

/** 2^n, n an integer of the normal exponent range in the low bits of t = n + magic. */
// @ts-ignore: decorator
@inline
function powerOfTwo<T>(t: v128): v128 {
  return sizeof<T>() == 4
    ? v128.add<i32>(v128.shl<i32>(t, 23), v128.splat<i32>(0x3f800000))
    : v128.add<i64>(v128.shl<i64>(t, 52), v128.splat<i64>(0x3ff0000000000000));
}

/** n = the integer nearest x·log₂e, as a real */
// @ts-ignore: decorator
@inline
function octaves<T>(x: v128): v128 {
  return v128.sub<T>(horner<T>(x, c<T>(1.4426950408889634, 1.4426950408889634), magic<T>()), magic<T>());
}

/** r = x − n·ln 2, |r| ≤ ln 2/2; ln 2 in two parts, the first short enough for n·part to be exact (Cody and Waite) */
// @ts-ignore: decorator
@inline
function reduce<T>(x: v128, n: v128): v128 {
  const high = c<T>(0.693359375, 0.6931471803691238), low = c<T>(-2.12194440e-4, 1.9082149292705877e-10);
  return v128.sub<T>(v128.sub<T>(x, v128.mul<T>(n, high)), v128.mul<T>(n, low));
}

/** e^r − 1 for |r| ≤ ln 2/2, as r + r²·q(r); error of q: 2^-31 (f32), 2^-61 (f64) of the result */
// @ts-ignore: decorator
@inline
function expm1Reduced<T>(r: v128): v128 {
  let q: v128;
  if (sizeof<T>() == 4) {
    q = v128.splat<T>(<T>0.000199584538);
    q = horner<T>(q, r, v128.splat<T>(<T>0.00139337103));
    q = horner<T>(q, r, v128.splat<T>(<T>0.00833319221));
    q = horner<T>(q, r, v128.splat<T>(<T>0.0416664779));
    q = horner<T>(q, r, v128.splat<T>(<T>0.166666672));
  } else {
    q = v128.splat<T>(<T>2.09195264655959786e-9);
    q = horner<T>(q, r, v128.splat<T>(<T>2.51092136186635722e-8));
    q = horner<T>(q, r, v128.splat<T>(<T>2.75572591418225642e-7));
    q = horner<T>(q, r, v128.splat<T>(<T>2.75572437038468153e-6));
    q = horner<T>(q, r, v128.splat<T>(<T>0.0000248015873406685818));
    q = horner<T>(q, r, v128.splat<T>(<T>0.000198412698866307216));
    q = horner<T>(q, r, v128.splat<T>(<T>0.00138888888888774316));
    q = horner<T>(q, r, v128.splat<T>(<T>0.00833333333332142781));
    q = horner<T>(q, r, v128.splat<T>(<T>0.0416666666666666782));
    q = horner<T>(q, r, v128.splat<T>(<T>0.166666666666666768));
  }
  q = horner<T>(q, r, v128.splat<T>(<T>0.5));
  return v128.add<T>(r, v128.mul<T>(v128.mul<T>(r, r), q));
}

/** e^x. exp(−∞) = 0, exp(∞) = ∞, NaN stays. */
// @ts-ignore: decorator
@inline
export function exp<T>(x: v128): v128 {
  // Beyond these the result is 0 or ∞ all the same; the order of operands lets NaN through.
  x = v128.pmax<T>(v128.pmin<T>(x, c<T>(89.0, 710.0)), c<T>(-104.0, -746.0));
  const n = octaves<T>(x), p = v128.add<T>(v128.splat<T>(<T>1), expm1Reduced<T>(reduce<T>(x, n)));
  // 2^n in two factors: one alone cannot reach the subnormal numbers, nor 2^128 (2^1024) on the way to ∞.
  const t = horner<T>(n, v128.splat<T>(<T>0.5), magic<T>()), half = v128.sub<T>(t, magic<T>());
  const rest = v128.add<T>(v128.sub<T>(n, half), magic<T>());
  return v128.mul<T>(v128.mul<T>(p, powerOfTwo<T>(t)), powerOfTwo<T>(rest));
}

/**
 * e^x for x ≤ 0, 0 where that is below the smallest normal number: processors take a hundred cycles over a subnormal one,
 * and a softmax has no use for it. NaN stays.
 */
// @ts-ignore: decorator
@inline
export function expOfNegative<T>(x: v128): v128 {
  const lowest = c<T>(-87.3, -708.3), y = v128.pmax<T>(x, lowest);
  const n = octaves<T>(y), p = v128.add<T>(v128.splat<T>(<T>1), expm1Reduced<T>(reduce<T>(y, n)));
  const e = v128.mul<T>(p, powerOfTwo<T>(v128.add<T>(n, magic<T>())));
  return v128.andnot(e, v128.lt<T>(x, lowest));
}

/** e^x − 1 for x ≤ 40 (larger x give a finite value as for 40), without cancellation near 0 */
// @ts-ignore: decorator
@inline
export function expm1<T>(x: v128): v128 {
  x = v128.pmax<T>(v128.pmin<T>(x, v128.splat<T>(<T>40)), v128.splat<T>(<T>-40));
  const n = octaves<T>(x), p = expm1Reduced<T>(reduce<T>(x, n));
  const s = powerOfTwo<T>(v128.add<T>(n, magic<T>()));
  return v128.add<T>(v128.mul<T>(s, p), v128.sub<T>(s, v128.splat<T>(<T>1)));
}

/** ln(1 + f) = n·ln 2 + f − (f²/2 − s·(f²/2 + R)) for 1 + f in [√½, √2], s = f/(2 + f), R = s²·p(s²) (fdlibm's form) */
// @ts-ignore: decorator
@inline
function logReduced<T>(n: v128, f: v128): v128 {
  const s = v128.div<T>(f, v128.add<T>(f, v128.splat<T>(<T>2))), z = v128.mul<T>(s, s);
  let p: v128;
  if (sizeof<T>() == 4) {
    p = v128.splat<T>(<T>0.240290806);
    p = horner<T>(p, z, v128.splat<T>(<T>0.285101444));
    p = horner<T>(p, z, v128.splat<T>(<T>0.4000085));
    p = horner<T>(p, z, v128.splat<T>(<T>0.666666627));
  } else {
    p = v128.splat<T>(<T>0.147994599316967818);
    p = horner<T>(p, z, v128.splat<T>(<T>0.15313689990146262));
    p = horner<T>(p, z, v128.splat<T>(<T>0.181835789821508637));
    p = horner<T>(p, z, v128.splat<T>(<T>0.222221982749120611));
    p = horner<T>(p, z, v128.splat<T>(<T>0.285714287455409777));
    p = horner<T>(p, z, v128.splat<T>(<T>0.399999999993986555));
    p = horner<T>(p, z, v128.splat<T>(<T>0.666666666666673735));
  }
  const half = v128.mul<T>(v128.mul<T>(v128.splat<T>(<T>0.5), f), f);
  const high = c<T>(0.693359375, 0.6931471803691238), low = c<T>(-2.12194440e-4, 1.9082149292705877e-10);
  const tail = horner<T>(n, low, v128.mul<T>(s, v128.add<T>(half, v128.mul<T>(z, p))));
  return v128.sub<T>(v128.mul<T>(n, high), v128.sub<T>(v128.sub<T>(half, tail), f));
}

/** ln x. ln 0 = −∞, ln of a negative number = NaN, ln ∞ = ∞, NaN stays. */
// @ts-ignore: decorator
@inline
export function log<T>(x: v128): v128 {
  const zero = v128.splat<T>(<T>0);
  const tiny = v128.lt<T>(x, c<T>(1.1754943508222875e-38, 2.2250738585072014e-308));
  const y = v128.bitselect(v128.mul<T>(x, c<T>(16777216.0, 18014398509481984.0)), x, tiny);
  // Split off the exponent so that the significand falls in [√½, √2): shift by the bits of 1 less those of √½.
  let n: v128, m: v128;
  if (sizeof<T>() == 4) {
    const t = v128.add<i32>(y, v128.splat<i32>(0x3f800000 - 0x3f3504f3));
    n = v128.convert<i32>(v128.sub<i32>(v128.shr<u32>(t, 23), v128.splat<i32>(127)));
    m = v128.add<i32>(v128.and(t, v128.splat<i32>(0x007fffff)), v128.splat<i32>(0x3f3504f3));
  } else {
    const t = v128.add<i64>(y, v128.splat<i64>(0x3ff0000000000000 - 0x3fe6a09e667f3bcd));
    // An integer below 2^52 under the exponent of 2^52 is 2^52 + itself.
    const e = v128.or(v128.shr<u64>(t, 52), v128.splat<i64>(0x4330000000000000));
    n = v128.sub<f64>(e, v128.splat<f64>(4503599627370496.0 + 1023.0));
    m = v128.add<i64>(v128.and(t, v128.splat<i64>(0x000fffffffffffff)), v128.splat<i64>(0x3fe6a09e667f3bcd));
  }
  n = v128.sub<T>(n, v128.and(tiny, c<T>(24.0, 54.0)));
  let r = logReduced<T>(n, v128.sub<T>(m, v128.splat<T>(<T>1)));
  const infinity = v128.splat<T>(<T>Infinity);
  r = v128.bitselect(x, r, v128.eq<T>(x, infinity));
  r = v128.bitselect(v128.neg<T>(infinity), r, v128.eq<T>(x, zero));
  // Comparisons with NaN are false: this catches NaN and negative numbers alike.
  return v128.bitselect(r, v128.splat<T>(<T>NaN), v128.ge<T>(x, zero));
}

/** ln(1 + u) for 0 ≤ u ≤ 1 */
// @ts-ignore: decorator
@inline
export function log1p<T>(u: v128): v128 {
  const one = v128.splat<T>(<T>1);
  const far = v128.gt<T>(u, v128.splat<T>(<T>0.41421356237309503)), n = v128.and(far, one);
  // (1 + u)/2 − 1 = (u − 1)/2 where 1 + u > √2
  const f = v128.bitselect(v128.mul<T>(v128.sub<T>(u, one), v128.splat<T>(<T>0.5)), u, far);
  return logReduced<T>(n, f);
}

/** e^{−|x|} */
// @ts-ignore: decorator
@inline
function decay<T>(x: v128): v128 {
  return exp<T>(v128.or(x, v128.splat<T>(<T>-0.0)));
}

/** 1/(1 + e^{−x}), by the sign of x, so that nothing overflows and the left tail keeps its digits */
// @ts-ignore: decorator
@inline
export function logistic<T>(x: v128): v128 {
  const e = decay<T>(x), one = v128.splat<T>(<T>1);
  const top = v128.bitselect(e, one, v128.lt<T>(x, v128.splat<T>(<T>0)));
  return v128.div<T>(top, v128.add<T>(one, e));
}

/** logistic, 0 where that is below the smallest normal number: shorter, for those who wait for one vector at a time */
// @ts-ignore: decorator
@inline
export function logisticWithoutTail<T>(x: v128): v128 {
  const e = expOfNegative<T>(v128.or(x, v128.splat<T>(<T>-0.0))), one = v128.splat<T>(<T>1);
  const top = v128.bitselect(e, one, v128.lt<T>(x, v128.splat<T>(<T>0)));
  return v128.div<T>(top, v128.add<T>(one, e));
}

/** ln(1 + e^x) = max(x, 0) + ln(1 + e^{−|x|}) */
// @ts-ignore: decorator
@inline
export function softplus<T>(x: v128): v128 {
  return v128.add<T>(v128.pmax<T>(x, v128.splat<T>(<T>0)), log1p<T>(decay<T>(x)));
}

/** e^{−x²/2}, x²/2 in two parts (Dekker's product), so that the error does not grow with x² */
// @ts-ignore: decorator
@inline
export function bell<T>(x: v128): v128 {
  // Beyond 40 the result is 0 all the same, and x² must not overflow.
  x = v128.pmin<T>(v128.abs<T>(x), v128.splat<T>(<T>40));
  const high = v128.and(x, sizeof<T>() == 4 ? v128.splat<i32>(0xfffff000) : v128.splat<i64>(0xfffffffff8000000));
  const rest = v128.sub<T>(x, high), half = v128.splat<T>(<T>0.5);
  const big = v128.mul<T>(v128.mul<T>(high, high), half); // exact: high has half the digits
  const small = v128.mul<T>(v128.mul<T>(v128.add<T>(x, high), rest), half);
  return v128.mul<T>(exp<T>(v128.neg<T>(big)), exp<T>(v128.neg<T>(small)));
}

/**
 * Φ(x), the normal distribution function, given b = bell(x); error ≤ 8 units in the last place.
 * erfc(z) = e^{−z²}·g(u)/(1 + 2z), u = (z − 4)/(z + 4), z = |x|/√2 (Shepherd and Laframboise 1981).
 */
// @ts-ignore: decorator
@inline
export function normalCdf<T>(x: v128, b: v128): v128 {
  const z = v128.mul<T>(v128.pmin<T>(v128.abs<T>(x), v128.splat<T>(<T>39)), v128.splat<T>(<T>0.7071067811865476));
  const four = v128.splat<T>(<T>4), one = v128.splat<T>(<T>1);
  const u = v128.div<T>(v128.sub<T>(z, four), v128.add<T>(z, four));
  let g: v128;
  if (sizeof<T>() == 4) {
    g = v128.splat<T>(<T>0.000791305443);
    g = horner<T>(g, u, v128.splat<T>(<T>0.00671865605));
    g = horner<T>(g, u, v128.splat<T>(<T>-0.0162268057));
    g = horner<T>(g, u, v128.splat<T>(<T>0.0363341309));
    g = horner<T>(g, u, v128.splat<T>(<T>-0.0665561259));
    g = horner<T>(g, u, v128.splat<T>(<T>0.0938685387));
    g = horner<T>(g, u, v128.splat<T>(<T>-0.10099154));
    g = horner<T>(g, u, v128.splat<T>(<T>0.0680884197));
    g = horner<T>(g, u, v128.splat<T>(<T>0.0153767979));
    g = horner<T>(g, u, v128.splat<T>(<T>-0.139620945));
    g = horner<T>(g, u, v128.splat<T>(<T>1.23299515));
  } else {
    g = v128.splat<T>(<T>-1.61385577757479812e-9);
    g = horner<T>(g, u, v128.splat<T>(<T>-1.30791702341714454e-8));
    g = horner<T>(g, u, v128.splat<T>(<T>-7.81386072332537323e-9));
    g = horner<T>(g, u, v128.splat<T>(<T>1.1368509665344757e-7));
    g = horner<T>(g, u, v128.splat<T>(<T>6.1937099127714009e-8));
    g = horner<T>(g, u, v128.splat<T>(<T>-8.33185737920174195e-7));
    g = horner<T>(g, u, v128.splat<T>(<T>3.02803718681663289e-7));
    g = horner<T>(g, u, v128.splat<T>(<T>5.71660176897222621e-6));
    g = horner<T>(g, u, v128.splat<T>(<T>-0.0000112260103697913452));
    g = horner<T>(g, u, v128.splat<T>(<T>-0.0000244026727035438069));
    g = horner<T>(g, u, v128.splat<T>(<T>0.000150622834731870643));
    g = horner<T>(g, u, v128.splat<T>(<T>-0.000199255622629864593));
    g = horner<T>(g, u, v128.splat<T>(<T>-0.000757773517567712101));
    g = horner<T>(g, u, v128.splat<T>(<T>0.00503196977115987279));
    g = horner<T>(g, u, v128.splat<T>(<T>-0.0161977340265288747));
    g = horner<T>(g, u, v128.splat<T>(<T>0.037167515561495619));
    g = horner<T>(g, u, v128.splat<T>(<T>-0.0663303658151357389));
    g = horner<T>(g, u, v128.splat<T>(<T>0.0937328349968098579));
    g = horner<T>(g, u, v128.splat<T>(<T>-0.101039066036133537));
    g = horner<T>(g, u, v128.splat<T>(<T>0.0680970542547382485));
    g = horner<T>(g, u, v128.splat<T>(<T>0.0153796521026147021));
    g = horner<T>(g, u, v128.splat<T>(<T>-0.139621116840562914));
    g = horner<T>(g, u, v128.splat<T>(<T>1.23299511862555256));
  }
  const tail = v128.mul<T>(
    v128.splat<T>(<T>0.5),
    v128.mul<T>(b, v128.div<T>(g, v128.add<T>(one, v128.add<T>(z, z)))),
  );
  const positive = v128.gt<T>(x, v128.splat<T>(<T>0));
  const phi = v128.bitselect(v128.sub<T>(one, tail), tail, positive);
  return v128.bitselect(phi, x, v128.eq<T>(x, x)); // NaN stays
}
