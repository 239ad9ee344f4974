// An order of samples in which neighbours rarely share a class (Efficient BackProp 4.2; docs/mathematics.md 5.2).

import { word } from "../kernels/random";

// @ts-ignore: decorator
@inline
function entry(list: usize, i: u32): u32 {
  return load<u32>(list + (<usize>i << 2));
}

// @ts-ignore: decorator
@inline
function setEntry(list: usize, i: u32, x: u32): void {
  store<u32>(list + (<usize>i << 2), x);
}

/** Bytes of the workspace of `interleave` for so many samples and classes. */
export function interleaveBytes(rows: i32, classes: i32): usize {
  return (<usize>rows + 3 * <usize>classes) << 2;
}

/** Classes with as many samples left as the one at `first` in `ranked`. */
function bucket(classes: u32, first: u32, ranked: usize, left: usize): u32 {
  const count = entry(left, entry(ranked, first));
  let size: u32 = 1;
  while (first + size < classes && entry(left, entry(ranked, first + size)) == count) size++;
  return size;
}

/** ranked[i] and ranked[j] change places. */
// @ts-ignore: decorator
@inline
function swap(ranked: usize, i: u32, j: u32): void {
  const c = entry(ranked, i);
  setEntry(ranked, i, entry(ranked, j));
  setEntry(ranked, j, c);
}

/** The place of class c in a bucket of `ranked`. */
function find(c: u32, first: u32, ranked: usize): u32 {
  while (entry(ranked, first) != c) first++;
  return first;
}

/**
 * Deals the n samples that `order` lists (u32, already shuffled) anew: each is drawn from the class that has most left among
 * those other than the last one's, ties by chance. Neighbours share a class only where that cannot be helped: max − (n − max) −
 * 1 times if one class has max > (n + 1)/2 samples. classOf: u32, the class of each sample of the whole set; workspace:
 * interleaveBytes(n, classes).
 */
export function interleave(
  n: i32, order: usize, classOf: usize, classes: i32, low: u32, high: u32, purpose: u32, epoch: u32, workspace: usize,
): void {
  const count = <u32>classes;
  const lists = workspace, left = lists + (<usize>n << 2), next = left + (<usize>count << 2), ranked = next + (<usize>count << 2);
  // Lists of each class's samples, one after another.
  memory.fill(left, 0, <usize>count << 2);
  for (let k: u32 = 0; k < <u32>n; k++) {
    const c = entry(classOf, entry(order, k));
    setEntry(left, c, entry(left, c) + 1);
  }
  let at: u32 = 0;
  for (let c: u32 = 0; c < count; c++) {
    setEntry(next, c, at);
    at += entry(left, c);
  }
  for (let k: u32 = 0; k < <u32>n; k++) {
    const i = entry(order, k), c = entry(classOf, i), to = entry(next, c);
    setEntry(lists, to, i);
    setEntry(next, c, to + 1);
  }
  for (let c: u32 = 0; c < count; c++) setEntry(next, c, entry(next, c) - entry(left, c));
  // Classes by how many they have left, most first; those with equally many make a bucket.
  for (let c: u32 = 0; c < count; c++) {
    let j = c;
    for (const mine = entry(left, c); j > 0 && entry(left, entry(ranked, j - 1)) < mine; j--) {
      setEntry(ranked, j, entry(ranked, j - 1));
    }
    setEntry(ranked, j, c);
  }
  let top = bucket(count, 0, ranked, left), last = u32.MAX_VALUE;
  for (let k: u32 = 0; k < <u32>n; k++) {
    let first: u32 = 0, end = top, size = top;
    if (last != u32.MAX_VALUE && entry(left, last) == entry(left, entry(ranked, 0))) {
      swap(ranked, find(last, 0, ranked), top - 1);
      size--;
      if (size == 0) {
        if (top < count && entry(left, entry(ranked, top)) > 0) {
          first = top;
          size = bucket(count, first, ranked, left);
          end = first + size;
        } else {
          size = 1; // nothing but its own kind is left
        }
      }
    }
    // Not quite uniform: off by size/2^32, which nobody can see.
    const j = first + <u32>((<u64>word(k, low, high, purpose, epoch, 0) * size) >> 32);
    const c = entry(ranked, j), from = entry(next, c);
    setEntry(order, k, entry(lists, from));
    setEntry(next, c, from + 1);
    setEntry(left, c, entry(left, c) - 1);
    swap(ranked, j, end - 1); // the last place of its bucket, and the first of the one below
    if (first == 0 && --top == 0) top = bucket(count, 0, ranked, left);
    last = c;
  }
}
