// Eigenvalues and eigenvectors: of matrices built from known ones, and by their laws.

import { SIZE } from "../../assembly/vec";
import { eigenScratch, symmetricEigen } from "../../assembly/kernels/eigen";
import { get, set } from "../../assembly/addresses";
import { ROUNDING, bytes, guarded, intact, near, randoms, room, seed } from "./buffers";

const SIZES: i32[] = [0, 1, 2, 3, 4, 5, 8, 17, 33, 64, 71];

/** V·Vᵀ = 1, A·vᵢ = λᵢ·vᵢ, λ descending; n·ε·|A| as the kernel promises, and the twin's rounding. */
function laws(n: i32, a: usize): bool {
  const used = room(n * n), values = room(n), vectors = room(n * n), size = eigenScratch(n), scratch = bytes(size);
  memory.copy(used, a, <usize>(n * n) * SIZE);
  if (symmetricEigen(n, used, values, vectors, scratch) != 1) return false;
  let most: f64 = 0;
  for (let i = 0; i < n; i++) most = max(most, abs(get(values, i)));
  const off = 32 * <f64>(n + 4) * ROUNDING;
  for (let i = 0; i < n; i++) {
    if (i && get(values, i) > get(values, i - 1)) return false;
    for (let j = 0; j < n; j++) {
      let inner: f64 = 0, image: f64 = 0;
      for (let k = 0; k < n; k++) {
        inner += get(vectors, i * n + k) * get(vectors, j * n + k);
        image += get(a, j * n + k) * get(vectors, i * n + k);
      }
      if (!near(inner, i == j ? 1 : 0, off)) return false;
      if (!near(image, get(values, i) * get(vectors, i * n + j), off * most)) return false;
    }
  }
  return intact(values, n) && intact(vectors, n * n) && intact(used, n * n) && guarded(scratch, size);
}

describe("symmetric eigenvalues", () => {
  test("of random matrices", () => {
    seed(2);
    for (let s = 0; s < SIZES.length; s++) {
      const n = SIZES[s], a = randoms(n * n);
      for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) set(a, i * n + j, get(a, j * n + i));
      expect<bool>(laws(n, a)).toBe(true, n.toString());
    }
  });

  test("of diagonal ones, of ones with equal eigenvalues, of nothing", () => {
    const n = 6, a = room(n * n);
    for (let kind = 0; kind < 3; kind++) {
      for (let i = 0; i < n; i++) for (let j = 0; j < n; j++)
        set(a, i * n + j, kind == 2 ? 0 : kind == 1 ? 1 : i == j ? <f64>(i % 3) - 1 : 0);
      expect<bool>(laws(n, a)).toBe(true, kind.toString());
    }
  });

  test("what is not finite has none", () => {
    const a = randoms(4);
    set(a, 1, NaN);
    set(a, 2, NaN);
    expect(symmetricEigen(2, a, room(2), room(4), bytes(eigenScratch(2)))).toBe(0);
  });
});
