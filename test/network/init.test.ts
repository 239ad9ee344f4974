// Where the arithmetic comes from: the package's own copy, or what init was given.

import { readFile } from 'node:fs/promises';
import { expect, test, vi } from 'vitest';
import { UnsupportedError, init } from '../../src/index.js';
import { BITS, trainedBits } from '../bits.js';

const bytesOf = async (precision: string) => new Uint8Array(await readFile(`build/${precision}.wasm`));

test.each(['float32', 'float64'] as const)('bytes and a Response give the same bits (%s)', async (precision) => {
  const bytes = await bytesOf(precision);
  const headers = { 'content-type': 'application/wasm' };
  for (const wasm of [bytes, bytes.buffer, new Response(bytes, { headers }), Promise.resolve(new Response(bytes, { headers }))]) {
    await init({ wasm, precision });
    expect(await trainedBits(precision)).toBe(BITS[precision]);
  }
});

test('a Module that comes late is refused: its memory is not the shared one', async () => {
  await init();
  const wasm = new WebAssembly.Module(await bytesOf('float32'));
  await expect(init({ wasm })).rejects.toThrow(/before anything else|bytes/);
});

test('what is not this package’s binary of that precision is refused, and changes nothing', async () => {
  const [float32, float64] = [await bytesOf('float32'), await bytesOf('float64')];
  await init();
  for (const wasm of [
    new Uint8Array(0),
    new Uint8Array(100),
    float32.subarray(0, 1000),
    Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0), // a module of nothing
    new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)),
    float64,
    new Response('not found', { status: 404 }),
    {} as BufferSource,
  ]) {
    const error = await init({ wasm }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(UnsupportedError);
    expect((error as Error).message).not.toContain('Content Security Policy');
  }
  await expect(init({ wasm: float32, precision: 'float64' })).rejects.toThrow(/float64/);
  for (const precision of ['float32', 'float64'] as const) expect(await trainedBits(precision)).toBe(BITS[precision]);
});

test.each([
  'WebAssembly.compile(): Wasm code generation disallowed by embedder',
  'call to WebAssembly.compile() blocked by CSP',
  "Refused to create a WebAssembly object because 'unsafe-eval' or 'wasm-unsafe-eval' is not an allowed source of script",
])('a page’s policy is named where it is to blame: %s', async (said) => {
  const compile = vi.spyOn(WebAssembly, 'compile').mockRejectedValueOnce(new Error(said));
  await expect(init({ wasm: await bytesOf('float32') })).rejects.toThrow(
    /^add 'wasm-unsafe-eval' to script-src.*Content Security Policy/,
  );
  compile.mockRestore();
});
