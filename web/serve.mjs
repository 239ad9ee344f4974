// npm run bench:page [-- --port N]: serves web/bench.html, cross-origin isolated, so that threads and the fine clock can be used.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
};

/** The folders that a page may load from; the rest of the checkout is nobody's business. */
const SERVED = ['web', 'dist'].map((name) => path.join(root, name) + path.sep);

/**
 * A server of web/ and dist/ on this machine only.
 * @param isolated whether pages are cross-origin isolated
 * @returns the server, listening, and its address
 */
export async function serve({ port = 0, isolated = true } = {}) {
  const headers = isolated ? { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' } : {};
  const server = createServer(async (request, response) => {
    try {
      const { pathname } = new URL(request.url ?? '/', 'http://localhost');
      const file = path.join(root, decodeURIComponent(pathname));
      if (!SERVED.some((folder) => file.startsWith(folder))) throw new Error('not served');
      const body = await readFile(file);
      response.writeHead(200, { 'Content-Type': TYPES[path.extname(file)] ?? 'application/octet-stream', ...headers });
      response.end(body);
    } catch {
      response.writeHead(404, headers).end();
    }
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return { server, address: `http://127.0.0.1:${server.address().port}` };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '8080' } } });
  const { address } = await serve({ port: Number(values.port) });
  console.log(`${address}/web/bench.html`);
}
