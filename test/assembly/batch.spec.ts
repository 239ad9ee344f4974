// Batches: rows picked by index lie next to each other, weights add up, and nothing is written beside the slabs.

import { LANES, SIZE } from "../../assembly/vec";
import { Samples, gather, gatheredTotal, slabBytes } from "../../assembly/passes/samples";
import { get } from "../../assembly/addresses";
import { bytes, dyadics, guarded, intact, room, seed } from "./buffers";

/** Indices below `rows` in an order with repeats. */
function picks(n: i32, rows: i32): usize {
  const p = bytes(<usize>n * 4);
  for (let i = 0; i < n; i++) store<u32>(p + <usize>i * 4, (i * 7 + 3) % rows);
  return p;
}

/** The value that row r, column j of the original has after picking. */
function picked(from: usize, indices: usize, columns: i32, r: i32, j: i32): f64 {
  return get(from, <i32>load<u32>(indices + <usize>r * 4) * columns + j);
}

function samples(): Samples {
  return changetype<Samples>(bytes(offsetof<Samples>()));
}

describe("batch", () => {
  test("gather: any width and number of rows", () => {
    seed(51);
    const rows = 11, line = 4 * LANES;
    for (let n = 0; n <= 9; n++) { // rows are taken four at a time
      for (let columns = 1; columns <= 2 * line + LANES + 1; columns++) {
        const from = dyadics(rows * columns), out = room(n * columns), indices = picks(n, rows);
        gather(n, columns, indices, from, out);
        let right = intact(out, n * columns);
        for (let r = 0; r < n; r++) for (let j = 0; j < columns; j++)
          right = right && get(out, r * columns + j) == picked(from, indices, columns, r, j);
        expect<bool>(right).toBe(true, n.toString() + " rows of " + columns.toString());
      }
    }
  });

  test("gatheredTotal counts repeats", () => {
    seed(52);
    const w = dyadics(11);
    for (let n = 0; n <= 23; n++) {
      const indices = picks(n, 11);
      let sum = 0.0;
      for (let r = 0; r < n; r++) sum += picked(w, indices, 1, r, 0);
      expect(gatheredTotal(n, indices, w)).toBe(sum);
    }
  });

  test("slabs hold inputs, targets and a weight a row", () => {
    expect(slabBytes(5000, 3, 2)).toBe(5000 * (3 + 2 + 1) * SIZE);
  });

  test("slabs have room for batches ahead of their turn, up to 16 KB", () => {
    const some = slabBytes(5, 3, 2);
    expect<bool>(some > 5 * (3 + 2 + 1) * SIZE && some <= 16384).toBe(true);
  });

  test("take: whole batches are gathered ahead, if they may be, and no others", () => {
    seed(57);
    const rows = 3, inputs = 5, outputs = 2, n = 1300, whole = 1200, last = whole + 2; // more than slabs hold, and a rest
    const x = dyadics(11 * inputs), t = dyadics(11 * outputs), w = dyadics(11), indices = picks(n, 11),
      size = slabBytes(rows, inputs, outputs);
    for (let may = 0; may < 2; may++) {
      const slabs = bytes(size), p = samples();
      p.open(rows, inputs, outputs, x, t, w, indices, slabs);
      p.goAhead(may ? last : 0);
      let gathers = 0;
      for (let first = 0; first < last; first += rows) {
        const count = min(rows, last - first);
        store<u8>(slabs, 0x5a); // a byte that gathering writes anew
        p.take(first, count);
        if (p.atX == slabs && load<u8>(slabs) != 0x5a) gathers++;
        else store<u8>(slabs, load<u8>(x + <usize>load<u32>(indices + (<usize>p.from << 2)) * inputs * SIZE));
        let right = true;
        for (let r = 0; r < count; r++) {
          for (let j = 0; j < inputs; j++)
            right = right && get(p.atX, r * inputs + j) == picked(x, indices, inputs, first + r, j);
          for (let j = 0; j < outputs; j++)
            right = right && get(p.atT, r * outputs + j) == picked(t, indices, outputs, first + r, j);
          right = right && get(p.atW, r) == picked(w, indices, 1, first + r, 0);
        }
        expect<bool>(right && guarded(slabs, size)).toBe(true, "from " + first.toString());
      }
      const each = may ? p.capacity / rows * rows : rows;
      expect(gathers).toBe((whole + each - 1) / each + 1);
    }
  });

  test("take points into the originals where rows stand as they are", () => {
    seed(53);
    const x = dyadics(10 * 3), t = dyadics(10 * 2), w = dyadics(10), p = samples();
    p.open(4, 3, 2, x, t, w, 0, 0);
    p.take(6, 4);
    expect(p.atX).toBe(x + 6 * 3 * SIZE);
    expect(p.atT).toBe(t + 6 * 2 * SIZE);
    expect(p.atW).toBe(w + 6 * SIZE);
    p.open(4, 3, 2, x, 0, 0, 0, 0);
    p.take(2, 1);
    expect(p.atX).toBe(x + 2 * 3 * SIZE);
    expect(p.atT).toBe(0);
    expect(p.atW).toBe(0);
    expect<bool>(guarded(changetype<usize>(p), offsetof<Samples>())).toBe(true);
  });

  test("take gathers picked rows into the slabs, and nothing beside them", () => {
    seed(54);
    const rows = 4, inputs = 5, outputs = 3, x = dyadics(11 * inputs), t = dyadics(11 * outputs), w = dyadics(11);
    const indices = picks(11, 11), size = slabBytes(rows, inputs, outputs);
    for (let given = 0; given < 4; given++) {
      const slabs = bytes(size), p = samples(), hasT = (given & 1) != 0, hasW = (given & 2) != 0;
      p.open(rows, inputs, outputs, x, hasT ? t : 0, hasW ? w : 0, indices, slabs);
      for (let first = 0, count = 2; first < 11; first += count++) { // 2, 3, 4 and again 2 rows
        count = count > rows || first + count > 11 ? 2 : count;
        p.take(first, count);
        let right = (p.atT != 0) == hasT && (p.atW != 0) == hasW;
        for (let r = 0; r < count; r++) {
          for (let j = 0; j < inputs; j++)
            right = right && get(p.atX, r * inputs + j) == picked(x, indices, inputs, first + r, j);
          for (let j = 0; hasT && j < outputs; j++)
            right = right && get(p.atT, r * outputs + j) == picked(t, indices, outputs, first + r, j);
          if (hasW) right = right && get(p.atW, r) == picked(w, indices, 1, first + r, 0);
        }
        expect<bool>(right && guarded(slabs, size)).toBe(true, "from " + first.toString());
      }
    }
  });

  test("take of one picked row copies nothing", () => {
    seed(55);
    const x = dyadics(11 * 3), t = dyadics(11 * 2), w = dyadics(11), indices = picks(11, 11), p = samples();
    p.open(4, 3, 2, x, t, w, indices, 0);
    for (let i = 0; i < 11; i++) {
      const at = <usize>load<u32>(indices + <usize>i * 4);
      p.take(i, 1);
      expect(p.atX).toBe(x + at * 3 * SIZE);
      expect(p.atT).toBe(t + at * 2 * SIZE);
      expect(p.atW).toBe(w + at * SIZE);
    }
  });

  test("weight: rows without weights, else their sum, picked or not", () => {
    seed(56);
    const x = dyadics(11), w = dyadics(11), indices = picks(11, 11), p = samples();
    p.open(4, 1, 1, x, 0, 0, indices, 0);
    expect(p.weight(3, 7)).toBe(7);
    let plain = 0.0, chosen = 0.0;
    for (let i = 3; i < 10; i++) {
      plain += get(w, i);
      chosen += picked(w, indices, 1, i, 0);
    }
    p.open(4, 1, 1, x, 0, w, 0, 0);
    expect(p.weight(3, 7)).toBe(plain);
    expect(p.weight(3, 0)).toBe(0);
    p.open(4, 1, 1, x, 0, w, indices, 0);
    expect(p.weight(3, 7)).toBe(chosen);
  });
});
