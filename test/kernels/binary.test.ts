// The binaries themselves: small, without state of their own, needing nothing but a memory, and whole ones a loss of callers.

import { readFileSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { binaryOf } from '../../bindings/binaries.js';
import '../relaxed-simd.mjs';
import { PRECISIONS } from './support.js';

/**
 * Raw bytes a binary may have; CONTRIBUTING.md says when a budget may be raised. float32 has more lanes, and longer polynomials
 * unrolled; float64 has linear algebra and second derivatives, which nobody loads who only trains in float32. Relaxed ones have
 * tiles of up to six rows.
 */
const BUDGET = {
  common: 63_000,
  'common.relaxed': 66_400,
  float32: 109_600,
  'float32.relaxed': 112_500,
  float64: 130_700,
  'float64.relaxed': 133_300,
  tensors: 97_000,
};

const SECTIONS = { imports: 2, memory: 5, globals: 6, start: 8, data: 11 };

/** The ids of a module's sections. */
function sections(bytes: Uint8Array): Map<number, Uint8Array> {
  const found = new Map<number, Uint8Array>();
  let at = 8;
  while (at < bytes.length) {
    const id = bytes[at++]!;
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]!;
      size += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    found.set(id, bytes.subarray(at, at + size));
    at += size;
  }
  return found;
}

const BINARIES = (['common', ...PRECISIONS] as const).flatMap((name) => [name, `${name}.relaxed`] as const);

describe.each([...BINARIES, 'tensors'] as const)('%s', (binary) => {
  const file = `build/${binary}.wasm`;
  const bytes = readFileSync(file);

  test('fits its budget', () => {
    expect(statSync(file).size).toBeLessThanOrEqual(BUDGET[binary]);
  });

  const isWhole = /^float/.test(binary);

  test('imports a memory, a whole one the loss that callers give, and nothing else; has no start function and no data', () => {
    const imports = [
      ...(isWhole ? [{ module: 'env', name: 'customLoss', kind: 'function' }] : []),
      { module: 'env', name: 'memory', kind: 'memory' },
    ];
    expect(WebAssembly.Module.imports(new WebAssembly.Module(bytes))).toEqual(imports);
    const ids = [...sections(bytes).keys()];
    for (const section of ['memory', 'start', 'data'] as const) expect(ids, section).not.toContain(SECTIONS[section]);
  });

  test('exports functions, and the memory it was given: no state to share or to lose', () => {
    const kinds = WebAssembly.Module.exports(new WebAssembly.Module(bytes)).map(({ kind }) => kind);
    expect(kinds.length).toBeGreaterThan(30);
    expect(new Set(kinds)).toEqual(new Set(['function', 'memory']));
  });
});

test.each(BINARIES)('%s is what its text is turned into', async (binary) => {
  const found = (await binaryOf(binary)) as Uint8Array;
  expect(Buffer.from(found).equals(readFileSync(`build/${binary}.wasm`))).toBe(true);
});
