"""Derives the polynomials, and ratios of them, of assembly/kernels/elementary.ts and tanh.ts (60 digits; needs mpmath).

Each polynomial is the weighted least-squares fit over Chebyshev's points of an interval, within a factor of about two of
the minimax error. Coefficients are rounded to the
target precision from the constant term upwards, and the rest is fitted again after each rounding, so that rounding
costs almost nothing. Prints coefficients, constant term first, and the weighted error reached, as a power of two.

    python3 scripts/minimax.py
"""
from mpmath import mp, mpf, matrix, qr_solve, frexp, ldexp, nint, exp, expm1, log, sqrt, erfc, tanh, cos, pi

mp.dps = 60


def rounded(x, bits):
    """x to the nearest binary floating-point number with `bits` of significand."""
    if x == 0:
        return mpf(0)
    m, e = frexp(x)
    return ldexp(nint(ldexp(m, bits)), e - bits)


def fit(g, w, a, b, powers):
    """Coefficients c of Σ c_k x^powers[k], nearest to g in weighted least squares over Chebyshev's points."""
    n = 4 * len(powers) + 8
    xs = [(a + b) / 2 + (b - a) / 2 * cos(pi * (2 * i + 1) / (2 * n)) for i in range(n)]
    A = matrix([[w(x) * x ** p for p in powers] for x in xs])
    return list(qr_solve(A, matrix([w(x) * g(x) for x in xs]))[0])


def derive(name, g, w, a, b, degree, bits, low=0, fixed=()):
    """Prints the polynomial of the powers low … low+degree with coefficients of `bits`."""
    powers, out = list(range(low, low + degree + 1)), list(fixed)
    for i in range(len(fixed), degree + 1):
        known = list(zip(out, powers))
        rest = lambda x: g(x) - sum(c * x ** p for c, p in known)
        c = fit(rest, w, a, b, powers[i:])
        out.append(rounded(c[0], bits))
    grid = [a + (b - a) * i / 4000 for i in range(4001)]
    e = max(abs(w(x) * (g(x) - sum(c * x ** p for c, p in zip(out, powers)))) for x in grid)
    print(f"{name} degree {degree}, {bits} bits: weighted error 2^{float(log(e, 2)):.1f}")
    for c in out:
        print("   ", mp.nstr(c, 9 if bits == 24 else 18))
    return out


tiny = mpf(10) ** -25
half = log(2) / 2 * (1 + mpf(2) ** -10)


def q(r):  # expm1(r) = r + r²·q(r)
    return mpf(1) / 2 + r / 6 if abs(r) < tiny else (expm1(r) - r) / r ** 2


def slope(z):  # tanh(r)/r, z = r²
    return 1 - z / 3 if z < tiny else tanh(sqrt(z)) / sqrt(z)


def derive_ratio(name, g, b, above, below, bits):
    """Prints (1 + Σ p_k x^k)/(1 + Σ q_k x^k) of degrees `above` and `below`, nearest to g over 0 … b: least squares of p − g·q."""
    free = sorted([(k, side) for k in range(1, above + 1) for side in "p"] + [(k, side) for k in range(1, below + 1) for side in "q"])
    found = {}
    side_at = lambda side, x: 1 + sum(c * x ** k for (k, s), c in found.items() if s == side)
    xs = [b / 2 + b / 2 * cos(pi * (2 * i + 1) / 80) for i in range(40)]
    while free:
        A = matrix([[x ** k if side == "p" else -g(x) * x ** k for k, side in free] for x in xs])
        found[free.pop(0)] = rounded(qr_solve(A, matrix([g(x) * side_at("q", x) - side_at("p", x) for x in xs]))[0][0], bits)
    e = max(abs(side_at("p", x) / side_at("q", x) / g(x) - 1) for x in [b * i / 4000 for i in range(4001)])
    print(f"{name} degrees {above}/{below}, {bits} bits: relative error 2^{float(log(e, 2)):.1f}")
    for (k, side), c in sorted(found.items(), key=lambda item: (item[0][1], item[0][0])):
        print(f"    {side}{k}", mp.nstr(c, 9 if bits == 24 else 18))


def lg(z):  # log(1+f) = f − f²/2 + s·(f²/2 + R), s = f/(2+f), z = s², R = z·lg(z)
    if z < tiny:
        return mpf(2) / 3
    s = sqrt(z)
    return (log((1 + s) / (1 - s)) / s - 2) / z


CENTRE = 4


def ec(u):  # erfc(z) = exp(−z²)·ec(u)/(1 + 2z), u = (z − 4)/(z + 4)
    z = CENTRE * (1 + u) / (1 - u)
    return (1 + 2 * z) * exp(z * z) * erfc(z)


if __name__ == "__main__":
    import sys
    which = sys.argv[1:]
    zmax = ((sqrt(2) - 1) / (sqrt(2) + 1)) ** 2 * (1 + mpf(2) ** -10)
    for bits, degree in ((24, 4), (24, 5), (53, 9), (53, 10), (53, 11)):
        if not which or "exp" in which:
            derive("q", q, lambda r: abs(r) + tiny, -half, half, degree, bits, fixed=(mpf(1) / 2,))
    for bits, above, below in ((24, 0, 2), (24, 1, 1), (53, 1, 2), (53, 2, 2)):
        if not which or "tanh" in which:
            derive_ratio("slope", slope, (half / 2) ** 2, above, below, bits)
    for bits, degree in ((24, 3), (24, 4), (53, 6), (53, 7)):
        if not which or "log" in which:
            derive("lg", lg, lambda z: z + tiny, mpf(0), zmax, degree, bits)
    for bits, degree, zmax in ((24, 9, 11), (24, 10, 11), (24, 8, 11), (53, 20, 28), (53, 21, 28), (53, 22, 28)):
        if not which or "erfc" in which:
            derive("ec", ec, lambda u: 1 / ec(u), mpf(-1), mpf(zmax - CENTRE) / (zmax + CENTRE), degree, bits)
