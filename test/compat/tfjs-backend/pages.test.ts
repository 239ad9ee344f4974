// The same programs bundled by esbuild, in Chromium and in Firefox, in a page and in a worker.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { afterAll, expect } from 'vitest';
// @ts-expect-error: scripts have no declarations
import { installed, report, serve, visited } from '../../everywhere/browsers.mjs';
import { thorough } from '../../thorough.js';
import { PROGRAMS } from './programs.js';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'tfjs-pages-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const PAGE = `
import { BACKEND, register } from './src/compat/tfjs-backend/index.ts';
import { apart } from './test/compat/tfjs-backend/programs.ts';
const say = (part, what) => fetch('${report}/' + location.search.slice(1) + '/' + part, { method: 'POST', body: JSON.stringify(what) });
register();
apart(BACKEND).then((distances) => ({ distances }), (error) => ({ error: String(error) })).then((said) => say('page', said)).then(() => {
  const worker = new Worker('worker.js');
  worker.onmessage = ({ data }) => say('worker', data);
  worker.onerror = ({ message }) => say('worker', { error: message ?? 'the worker did not start' });
});
`;

thorough('pages and workers end where the cpu backend does', { timeout: 240_000 }, async () => {
  const bundle = (entry: Partial<esbuild.BuildOptions>, file: string) =>
    esbuild.build({ ...entry, bundle: true, platform: 'browser', target: 'es2022', outfile: path.join(scratch, file) });
  await bundle({ stdin: { contents: PAGE, resolveDir: path.resolve('.') } }, 'main.js');
  await bundle({ entryPoints: ['test/compat/tfjs-backend/worker.ts'] }, 'worker.js');
  writeFileSync(path.join(scratch, 'index.html'), '<!doctype html><meta charset="utf-8"><script src="main.js"></script>');
  const served = await serve(scratch);
  try {
    const said: Record<string, { distances: Record<string, number> }> = await visited(`${served.address}/`);
    expect(Object.keys(said)).toHaveLength(2 * installed.length);
    for (const [where, { distances }] of Object.entries(said)) {
      expect(Object.keys(distances), where).toEqual(Object.keys(PROGRAMS));
      for (const [name, distance] of Object.entries(distances)) expect(distance, `${where}: ${name}`).toBeLessThan(1e-4);
    }
  } finally {
    served.end();
  }
});
