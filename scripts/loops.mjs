// Source of the loops that measure a machine, in AssemblyScript: how fast one core multiplies and adds in WebAssembly SIMD with
// everything in registers, and how fast it reads and writes memory. scripts/build.mjs compiles them, src/bench/ runs them.
//
// Multiply-adds come in two shapes, of which the best counts: an accumulator takes the product of its neighbour and a factor, or
// each is c ← c·b + a. Nothing can be hoisted, or shared between turns that an engine unrolls. There are 16 registers, of which
// V8 keeps one.

const LANES = { float32: 4, float64: 2 };
const REALS = { float32: 'f32', float64: 'f64' };

/** [how, accumulators]: the loops tried. */
const SHAPES = {
  strict: [8, 9, 10, 11, 12, 13].map((n) => ['neighbours', n]).concat([9, 10, 11, 12, 13].map((n) => ['chains', n])),
  relaxed: [8, 9, 10, 11, 12, 13].flatMap((n) => [
    ['neighbours', n],
    ['chains', n],
  ]),
};

/** Products per turn of the loop, at least. */
const PRODUCTS = 24;

const range = (n) => Array.from({ length: n }, (_, i) => i);

function multiplyAdds(precision, numerics, [how, accumulators]) {
  const real = REALS[precision];
  const multiplyAdd = (a, b, c) =>
    numerics === 'relaxed'
      ? `v128.relaxed_madd<${real}>(${a}, ${b}, ${c})`
      : `v128.add<${real}>(${c}, v128.mul<${real}>(${a}, ${b}))`;
  const load = (name, i) => `let ${name} = v128.load(p, ${16 * i});`;
  const rounds = Math.ceil(PRODUCTS / accumulators);
  const body = range(rounds * accumulators).map((k) => {
    const c = `c${k % accumulators}`;
    return `${c} = ${how === 'chains' ? multiplyAdd(c, 'b', 'a') : multiplyAdd(`c${(k + 1) % accumulators}`, 'b', c)};`;
  });
  const registers = range(accumulators).map((i) => load(`c${i}`, i));
  registers.push(load('b', 20));
  if (how === 'chains') registers.push(load('a', 21));
  const stores = range(accumulators).map((i) => `v128.store(p, c${i}, ${16 * i});`);
  const name = `${precision}_${numerics}_${how}_${accumulators}`;
  return {
    loop: { name, precision, shape: `${accumulators} ${how}`, flops: 2 * LANES[precision] * rounds * accumulators },
    text: `export function ${name}(n: i32, p: usize): void { ${registers.join(' ')} for (let i = 0; i < n; i++) { ${body.join(' ')} } ${stores.join(' ')} }`,
  };
}

/** Vectors per turn of a loop over memory: 128 bytes of each array. */
const WIDE = 8;

const all = (line) => range(WIDE).map(line).join(' ');

/**
 * Loops over n × 128 bytes of each array, from p on, and from q on where there is a second one. Factors come from memory, at 64
 * and 80: constants would be made anew in every turn by some engines, which costs a third of the bandwidth.
 */
const MEMORY = `
export function read(n: i32, p: usize, q: usize): i32 {
  ${all((i) => `let s${i} = i32x4.splat(0);`)}
  for (let end = p + (<usize>n << 7); p < end; p += 128) { ${all((i) => `s${i} = i32x4.add(s${i}, v128.load(p, ${16 * i}));`)} }
  s0 = i32x4.add(i32x4.add(i32x4.add(s0, s1), i32x4.add(s2, s3)), i32x4.add(i32x4.add(s4, s5), i32x4.add(s6, s7)));
  return i32x4.extract_lane(s0, 0) + i32x4.extract_lane(s0, 1) + i32x4.extract_lane(s0, 2) + i32x4.extract_lane(s0, 3);
}
export function copy(n: i32, p: usize, q: usize): void {
  for (let end = p + (<usize>n << 7); p < end; p += 128, q += 128) { ${all((i) => `v128.store(q, v128.load(p, ${16 * i}), ${16 * i});`)} }
}
export function axpy(n: i32, p: usize, q: usize): void {
  const a = v128.load(80);
  for (let end = p + (<usize>n << 7); p < end; p += 128, q += 128) {
    ${all((i) => `v128.store(q, f32x4.add(v128.load(q, ${16 * i}), f32x4.mul(a, v128.load(p, ${16 * i}))), ${16 * i});`)}
  }
}
export function update(n: i32, p: usize, q: usize): void {
  const a = v128.load(64);
  for (let end = p + (<usize>n << 7); p < end; p += 128, q += 128) {
    ${all(
      (i) =>
        `const v${i} = f32x4.add(f32x4.mul(a, v128.load(p, ${16 * i})), a); v128.store(p, v${i}, ${16 * i}); v128.store(q, f32x4.add(v128.load(q, ${16 * i}), v${i}), ${16 * i});`,
    )}
  }
}`;

/**
 * The loops of one kind of binary: their source, and of every multiply-add loop its name, shape and floating-point operations a
 * turn. The strict binary has the loops over memory as well: `read`, `copy` (q ← p), `axpy` (q ← q + a·p), `update` (p ← a·p + a,
 * q ← q + p).
 */
export function loopsOf(numerics) {
  const made = Object.keys(LANES).flatMap((precision) =>
    SHAPES[numerics].map((shape) => multiplyAdds(precision, numerics, shape)),
  );
  return {
    source: made.map(({ text }) => text).join('\n') + (numerics === 'strict' ? MEMORY : ''),
    loops: made.map(({ loop }) => loop),
  };
}
