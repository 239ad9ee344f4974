// Philox 4×32-10 against the known answers of its authors (Random123, kat_vectors), and what is made of its words.

import { SIZE } from "../../assembly/vec";
import { normalQuantile, normals, permutation, uniforms, words } from "../../assembly/kernels/random";
import { bytes, guarded, intact, near, room } from "./buffers";

/** The generator as its authors describe it: rounds of two 32×32-bit products, then the key is bumped. */
function philox(c: StaticArray<u32>, key0: u32, key1: u32): StaticArray<u32> {
  let r: StaticArray<u32> = [c[0], c[1], c[2], c[3]];
  for (let round: u32 = 0; round < 10; round++) {
    const k0 = key0 + round * 0x9e3779b9, k1 = key1 + round * 0xbb67ae85;
    const p0 = <u64>r[0] * 0xd2511f53, p1 = <u64>r[2] * 0xcd9e8d57;
    r = [<u32>(p1 >> 32) ^ r[1] ^ k0, <u32>p1, <u32>(p0 >> 32) ^ r[3] ^ k1, <u32>p0];
  }
  return r;
}

function equals(r: StaticArray<u32>, a: u32, b: u32, c: u32, d: u32): bool {
  return r[0] == a && r[1] == b && r[2] == c && r[3] == d;
}

describe("random", () => {
  test("the twin gives the published answers", () => {
    expect<bool>(equals(philox([0, 0, 0, 0], 0, 0), 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8)).toBe(true);
    const ones: u32 = 0xffffffff;
    expect<bool>(equals(philox([ones, ones, ones, ones], ones, ones), 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd)).toBe(true);
    const pi = philox([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], 0xa4093822, 0x299f31d0);
    expect<bool>(equals(pi, 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1)).toBe(true);
  });

  test("words: key 0, counter 0", () => {
    const p = bytes(16);
    words(4, 0, 0, 0, 0, 0, p);
    expect(load<u32>(p)).toBe(0x6627e8d5);
    expect(load<u32>(p + 4)).toBe(0xe169c58d);
    expect(load<u32>(p + 8)).toBe(0xbc57ac4c);
    expect(load<u32>(p + 12)).toBe(0x9b00dbd8);
  });

  test("words: blocks of the counter (index, step, epoch, purpose), any length", () => {
    for (let n = 0; n <= 13; n++) {
      const p = bytes(<usize>n * 4);
      words(n, 0xa4093822, 0x299f31d0, 0x03707344, 0x13198a2e, 0x85a308d3, p);
      for (let i = 0; i < n; i++) {
        const block = philox([i >> 2, 0x85a308d3, 0x13198a2e, 0x03707344], 0xa4093822, 0x299f31d0);
        expect(load<u32>(p + <usize>i * 4)).toBe(block[i & 3]);
      }
      expect<bool>(guarded(p, <usize>n * 4)).toBe(true);
    }
  });

  test("uniforms: the middles of 2^52 cells, two words each, low word first", () => {
    for (let n = 0; n <= 7; n++) {
      const p = room(n);
      uniforms(n, 1, 2, 3, 4, 5, -3, 5, p);
      for (let i = 0; i < n; i++) {
        const block = philox([i >> 1, 5, 4, 3], 1, 2), at = 2 * (i & 1);
        const bits = (<u64>block[at + 1] << 32) | block[at];
        const want = -3 + 8 * ((<f64>(bits >> 12) + 0.5) / 4503599627370496.0);
        expect(load<real>(p + <usize>i * SIZE)).toBe(<real>want);
      }
      expect<bool>(intact(p, n)).toBe(true);
    }
  });

  test("normals are the quantiles of the uniforms", () => {
    const n = 7, p = room(n);
    normals(n, 1, 2, 3, 4, 5, 10, 2, p);
    for (let i = 0; i < n; i++) {
      const block = philox([i >> 1, 5, 4, 3], 1, 2), at = 2 * (i & 1);
      const bits = (<u64>block[at + 1] << 32) | block[at];
      const z = normalQuantile((<f64>(bits >> 12) + 0.5) / 4503599627370496.0);
      expect(load<real>(p + <usize>i * SIZE)).toBe(<real>(10 + 2 * z));
    }
    expect<bool>(intact(p, n)).toBe(true);
  });

  test("normalQuantile at published points", () => {
    // Quantiles to 16 digits: the customary 90, 95, 99 % ones, and Wichura's own test values.
    const p: f64[] = [0.5, 0.75, 0.95, 0.975, 0.995, 0.25, 0.001, 1e-20];
    const z: f64[] = [
      0, 0.6744897501960817, 1.6448536269514722, 1.959963984540054, 2.5758293035489004,
      -0.6744897501960817, -3.090232306167814, -9.262340089798408,
    ];
    // The stated 1e-15, and what p itself rounds away: near 1, half an ulp of p moves z by 1.1e-16/φ(z).
    for (let i = 0; i < p.length; i++) {
      const density = 0.3989422804014327 * NativeMath.exp(-z[i] * z[i] / 2);
      const bound = 1e-15 * max<f64>(1, abs(z[i])) + (p[i] > 0.5 ? 1.2e-16 : 1.2e-16 * p[i]) / density;
      expect<bool>(near(normalQuantile(p[i]), z[i], bound)).toBe(true, "at " + p[i].toString());
    }
  });

  test("permutation: each of 0 … n − 1 once", () => {
    const sizes: i32[] = [0, 1, 2, 3, 4, 5, 7, 16, 17, 101];
    for (let s = 0; s < sizes.length; s++) {
      const n = sizes[s], p = bytes(<usize>n * 4), seen = new Array<i32>(n).fill(0);
      permutation(n, 7, 8, 9, 10, 11, p);
      let all = true;
      for (let i = 0; i < n; i++) {
        const j = load<u32>(p + <usize>i * 4);
        if (j >= <u32>n || seen[j]++) all = false;
      }
      expect<bool>(all).toBe(true, n.toString());
      expect<bool>(guarded(p, <usize>n * 4)).toBe(true);
    }
  });

  test("permutation: all orders of three come up alike", () => {
    // 6000 draws, 1000 expected of each of six orders; χ² with 5 degrees of freedom exceeds 30.9 once in 100 000 seeds.
    const counts = new Array<i32>(9).fill(0), p = bytes(12);
    for (let step: u32 = 0; step < 6000; step++) {
      permutation(3, 1, 0, 0, 0, step, p);
      counts[load<u32>(p) * 3 + load<u32>(p + 4)]++;
    }
    let chi = 0.0, orders = 0;
    for (let i = 0; i < 9; i++) {
      if (!counts[i]) continue;
      const excess = <f64>(counts[i] - 1000);
      chi += excess * excess / 1000;
      orders++;
    }
    expect(orders).toBe(6);
    expect(chi).toBeLessThan(30.9);
  });
});
