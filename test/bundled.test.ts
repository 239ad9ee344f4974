// Programs in CommonJS that are bundled for Node.js into one file, which leaves the package's other files behind.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { afterAll, expect, test } from 'vitest';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bundled-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test.each(['brain', 'brain/v1'])('efficient-backprop/%s carries its binary', async (entry) => {
  const outfile = path.join(scratch, `${path.basename(entry)}.cjs`);
  const contents = `
    const { NeuralNetwork } = require(${JSON.stringify(path.resolve(`dist/cjs/${entry}.cjs`))});
    const net = new NeuralNetwork();
    net.train([0, 1].map((i) => ({ input: [i], output: [1 - i] })), { iterations: 2000 });
    console.log(net.run([0])[0] > 0.7 && net.run([1])[0] < 0.3);
  `;
  await esbuild.build({ stdin: { contents, resolveDir: scratch }, outfile, bundle: true, platform: 'node', format: 'cjs' });
  expect(execFileSync(process.execPath, [outfile], { cwd: scratch, encoding: 'utf8' })).toBe('true\n');
});
