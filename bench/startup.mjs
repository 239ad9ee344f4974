// What a user waits and downloads for: the first call in a fresh process, and the bundle for pages.

import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { summary } from '../dist/bench.js';

const FIRST = `
  const before = performance.now();
  const { Network, dense, sgd } = await import(${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)});
  const net = await Network.create({
    inputs: 4, layers: [dense(16, { activation: 'lecunTanh' }), dense(3, { activation: 'softmax' })], loss: 'crossEntropy', seed: 1,
  });
  await net.fit([[1, 2, 3, 4]], [0], { epochs: 1 });
  console.log(performance.now() - before);
`;

/** Milliseconds from before the import to after the first step, each in a process of its own. */
export function firstCall(processes = 9) {
  return summary(
    Array.from({ length: processes }, () =>
      Number(execFileSync(process.execPath, ['--input-type=module', '-e', FIRST], { encoding: 'utf8' })),
    ),
  );
}

/** Bytes, gzipped, of the bundle for pages with one binary: float32's of fused multiply-adds, the larger one. */
export function bundle() {
  const folder = fileURLToPath(new URL('../dist/browser/', import.meta.url));
  const files = readdirSync(folder).filter((name) => name.endsWith('.js') && !/^float(64|32\.text)/.test(name));
  return files.reduce((sum, name) => sum + gzipSync(readFileSync(`${folder}${name}`), { level: 9 }).length, 0);
}
