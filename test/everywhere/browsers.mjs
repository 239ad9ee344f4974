// Pages in browsers: servers of folders, browsers that open them, and a server that hears what came of it.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** How each browser opens an address with a fresh profile, and where it may be. */
const BROWSERS = {
  chromium: {
    files: [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'],
    args: (profile, address) => [
      ...'--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking'.split(' '),
      ...['--disable-component-update', '--disable-sync', `--user-data-dir=${profile}`, address],
    ],
  },
  firefox: {
    files: [process.env.FIREFOX, '/usr/bin/firefox-esr', '/usr/bin/firefox'],
    args: (profile, address) => ['--headless', '--no-remote', '--profile', profile, address],
  },
};

/** The browsers that there are: their names and files. */
export const installed = Object.entries(BROWSERS).flatMap(([name, { files }]) => {
  const file = files.find((one) => one && existsSync(one));
  return file ? [[name, file]] : [];
});

/** Those that there are not. */
export const absent = Object.keys(BROWSERS).filter((name) => !installed.some(([there]) => there === name));

export const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'cross-origin',
};

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' };

const listening = (server) =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}`));
  });

/** Serves a folder. @returns its address, and what ends it */
export async function serve(folder, headers = {}) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const file = path.join(folder, pathname.endsWith('/') ? `${pathname}index.html` : pathname);
    try {
      const body = await readFile(file);
      response.writeHead(200, { 'Content-Type': TYPES[path.extname(file)] ?? 'text/plain', ...headers }).end(body);
    } catch {
      response.writeHead(404, headers).end();
    }
  });
  const address = await listening(server);
  return { address, end: () => server.close().closeAllConnections() };
}

/** What pages have said, and who waits for it, by `BROWSER/PART`. */
const heard = new Map();
let hears = () => {};

const ear = createServer((request, response) => {
  const key = new URL(request.url, 'http://localhost').pathname.slice(1);
  let text = '';
  request.on('data', (chunk) => (text += chunk));
  request.on('end', () => {
    response.writeHead(200, { 'Access-Control-Allow-Origin': '*' }).end();
    if (text) heard.set(key, JSON.parse(text));
    hears();
  });
});
ear.unref();

/** The address that pages say their results to. */
export const report = await listening(ear);

/** Opens a page in a browser. @returns what its parts have said. @throws Error if one says nothing in time, or an error */
async function visit([name, file], address, parts, seconds) {
  heard.clear();
  const profile = await mkdtemp(path.join(tmpdir(), `${name}-`));
  await writeFile(path.join(profile, 'user.js'), 'user_pref("browser.aboutwelcome.enabled", false);\n');
  const args = BROWSERS[name].args(profile, `${address}?${name}`);
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, env: { ...process.env, HOME: profile } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  let timer;
  try {
    await new Promise((resolve, reject) => {
      timer = setTimeout(
        () => reject(new Error(`${name} says nothing of ${missing().join(', ')}:\n${output.slice(-2000)}`)),
        seconds * 1000,
      );
      const missing = () => parts.filter((part) => !heard.has(`${name}/${part}`));
      hears = () => missing().length === 0 && resolve();
    });
  } finally {
    clearTimeout(timer);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    if (child.exitCode === null) {
      process.kill(-child.pid, 'SIGKILL');
      await ended;
    }
    await rm(profile, { recursive: true, force: true, maxRetries: 10 });
  }
  return Object.fromEntries(
    parts.map((part) => {
      const said = heard.get(`${name}/${part}`);
      if (said.error) throw new Error(`${name}, ${part}: ${said.error}`);
      return [`${name} ${part}`, said];
    }),
  );
}

/** Opens a page in each browser, which has so many seconds. @returns what page and worker have said */
export async function visited(address, parts = ['page', 'worker'], seconds = 60) {
  const all = {};
  for (const browser of installed) Object.assign(all, await visit(browser, address, parts, seconds));
  return all;
}
