// Pages: as they stand, and through bundlers, without any configuration of them but headers.

import { cp } from 'node:fs/promises';
import path from 'node:path';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import * as esbuild from 'esbuild';
import { rollup } from 'rollup';
import webpack from 'webpack';
import { ISOLATED, absent, installed, report, serve, visited } from './browsers.mjs';
import { esm, here, project, resultsIn, run, started, tool } from './project.mjs';

const SAY = `
const failed = (error) => ({ error: String(error?.stack ?? error) });
const say = (part, what) => fetch('${report}/' + location.search.slice(1) + '/' + part, { method: 'POST', body: JSON.stringify(what) });
`;

/** A page's script: trains in the page, then has a worker do it. */
const MAIN = `${SAY}
result().catch(failed).then((r) => say('page', r)).then(() => {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
  worker.onmessage = ({ data }) => say('worker', data);
  worker.onerror = ({ message }) => say('worker', { error: message ?? 'the worker did not start' });
});`;

const WORKER = `${SAY}
result().catch(failed).then((r) => postMessage(r));`;

const page = (script) =>
  `<!doctype html><meta charset="utf-8"><title>page</title><script type="module" src="${script}"></script>`;

const sources = { 'index.html': page('./main.js'), 'main.js': esm(MAIN), 'worker.js': esm(WORKER) };

/** A target that makes a folder to be served, from a project's. */
const site = (made, { headers = ISOLATED, threads = true, files = sources } = {}) => ({
  missing: () => installed.length === 0 && 'there is no browser',
  threads,
  async results(name) {
    if (absent.length > 0) console.log(`SKIPPED ${name} in ${absent.join(', ')}: not installed`);
    const served = await serve(await made(await project(name, files)), headers);
    try {
      return await visited(`${served.address}/`);
    } finally {
      served.end();
    }
  },
});

/** Pages without a bundler, which import the package from another origin. */
const plain = (options) => ({
  ...site(undefined, options),
  async results(name) {
    const folder = await project(name, {});
    const library = await serve(path.join(folder, 'node_modules'), { ...ISOLATED, 'Access-Control-Allow-Origin': '*' });
    const dist = `${library.address}/efficient-backprop/dist`;
    const from = { index: `${dist}/index.js`, brain: `${dist}/brain.js`, v1: `${dist}/brain/v1.js`, table: `${dist}/table.js` };
    const files = { ...sources, 'main.js': esm(MAIN, from), 'worker.js': esm(WORKER, from) };
    const headers = options.headers(library.address);
    try {
      return await site((made) => made, { ...options, files, headers }).results(name);
    } finally {
      library.end();
    }
  },
});

/** A policy that lets a page run its own scripts and the library's, and WebAssembly, and nothing else. */
const policy = (library, more = '') => ({
  ...ISOLATED,
  'Content-Security-Policy': `default-src 'none'; script-src 'self' ${library} 'wasm-unsafe-eval'; connect-src ${report}; ${more}`,
});

async function esbuilt(folder, splitting) {
  await esbuild.build({
    entryPoints: ['main.js', 'worker.js'].map((file) => path.join(folder, file)),
    bundle: true,
    minify: true,
    format: 'esm',
    splitting,
    outdir: path.join(folder, 'out'),
  });
  return withPage(folder);
}

/** The folder of what was bundled, with the page. */
async function withPage(folder) {
  await cp(path.join(folder, 'index.html'), path.join(folder, 'out/index.html'));
  return path.join(folder, 'out');
}

async function rolled(folder) {
  const input = ['main.js', 'worker.js'].map((file) => path.join(folder, file));
  const bundle = await rollup({
    input,
    plugins: [nodeResolve({ browser: true })],
    onwarn: (warning) => {
      throw new Error(warning.message);
    },
  });
  await bundle.write({ dir: path.join(folder, 'out'), format: 'es' });
  return withPage(folder);
}

async function webpacked(folder) {
  const compiler = webpack({
    mode: 'production',
    performance: false,
    context: folder,
    entry: './main.js',
    output: { path: path.join(folder, 'out'), filename: 'main.js' },
  });
  const stats = await new Promise((resolve, reject) => compiler.run((error, done) => (error ? reject(error) : resolve(done))));
  if (stats.hasErrors() || stats.hasWarnings()) throw new Error(stats.toString());
  return withPage(folder);
}

async function vited(folder) {
  await run(process.execPath, [tool('vite/bin/vite.js'), 'build'], folder);
  return path.join(folder, 'dist');
}

/** Servers of a bundler's own. */
const served = (files, command, port, parts = ['page', 'worker'], build = undefined) => ({
  missing: () => installed.length === 0 && 'there is no browser',
  threads: true,
  async results(name) {
    const folder = await project(name, files);
    if (build) await run(process.execPath, build, folder);
    const address = `http://127.0.0.1:${port}/`;
    const end = await started(process.execPath, command, folder, address);
    try {
      const all = await visited(address, parts);
      if (build) [all.server] = resultsIn(await (await fetch(`${address}server`)).text());
      return all;
    } finally {
      end();
    }
  },
});

const vite = `export default { server: { headers: ${JSON.stringify(ISOLATED)} } };`;

const NEXT = {
  'next.config.mjs': `export default {
    turbopack: { root: ${JSON.stringify(here)} },
    headers: async () => [{ source: '/:path*', headers: ${JSON.stringify(Object.entries(ISOLATED).map(([key, value]) => ({ key, value })))} }],
  };`,
  'app/layout.js': 'export default ({ children }) => <html><body>{children}</body></html>;',
  'app/page.js':
    "'use client';\nimport { useEffect } from 'react';\nexport default () => { useEffect(() => { import('./main.js'); }, []); return null; };",
  'app/main.js': esm(MAIN),
  'app/worker.js': esm(WORKER),
  'app/server/route.js': esm(
    "export const dynamic = 'force-dynamic';\nexport const GET = async () => new Response('RESULT ' + JSON.stringify(await result()));",
  ),
};

const next = (command, ...args) => [tool('next/dist/bin/next'), command, ...args];

export const PAGES = {
  page: plain({ headers: () => ISOLATED }),
  'page-alone': plain({ headers: () => ({}), threads: /not cross-origin isolated/ }),
  'page-csp': plain({
    headers: (library) => policy(library, `worker-src 'self' ${library}`),
    threads: /worker-src needs 'blob:'/,
  }),
  'page-csp-threads': plain({ headers: (library) => policy(library, `worker-src 'self' ${library} blob:`) }),
  'esbuild-split': site((folder) => esbuilt(folder, true)),
  'esbuild-inlined': site((folder) => esbuilt(folder, false)),
  rollup: site(rolled),
  webpack: site(webpacked),
  'vite-build': site(vited),
  'vite-dev': served(
    { ...sources, 'vite.config.mjs': vite },
    [tool('vite/bin/vite.js'), '--port', '18788', '--host', '127.0.0.1'],
    18_788,
  ),
  next: served(NEXT, next('start', '-p', '18789', '-H', '127.0.0.1'), 18_789, ['page', 'worker'], next('build')),
};
