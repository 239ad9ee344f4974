// Scratch projects: the package as npm packs it, installed, and the program in the form that a runtime takes.

import { execFile, spawn } from 'node:child_process';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { exclusiveOr, hashOf, tablesOf, trained } from './program.mjs';

export const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.join(here, '../..');
const scratch = path.join(here, 'build');

/** The file of a tool: `package/path` in this folder's node_modules. */
export const tool = (file) => path.join(here, 'node_modules', file);

const execute = promisify(execFile);

/** Packs the package and installs it once; projects have copies of what came of it. */
export async function packed() {
  await rm(scratch, { recursive: true, force: true });
  const folder = path.join(scratch, 'installed');
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'package.json'), '{ "private": true }');
  const { stdout } = await execute('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], { cwd: root });
  const [{ filename }] = JSON.parse(stdout);
  await execute('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', `./${filename}`], { cwd: folder });
}

const PROGRAM = `${hashOf}\n${exclusiveOr}\n${tablesOf}\n${trained}`;

const PARQUET = Buffer.from(
  parquetWriteBuffer({
    columnData: [
      { name: 'city', data: ['Bern', 'Zürich'], type: 'STRING' },
      { name: 'size', data: [1163.5, 2], type: 'DOUBLE' },
      { name: 'when', data: ['2024-01-03', '2024-05-04'], type: 'STRING' },
    ],
    codec: 'SNAPPY',
  }),
).toString('base64');

const GZIP = gzipSync(
  '{"city":"Bern","size":"1.163,5","when":"3 Jan 2024"}\n{"city":"Zürich","size":2,"when":"2024-05-04"}\n',
).toString('base64');

const RESULT = `const result = () =>
  trained({ Classifier, Network, dense, loadModel, brain, brainV1, readTable, tables: ${JSON.stringify({ parquet: PARQUET, gzip: GZIP })} });`;

/** What the package is imported by. */
const NAMES = {
  index: 'efficient-backprop',
  brain: 'efficient-backprop/brain',
  v1: 'efficient-backprop/brain/v1',
  table: 'efficient-backprop/table',
};

/** The program as an ES module, followed by what is done with `result()`. */
export const esm = (then, { index, brain, v1, table } = NAMES) => `
import { Classifier, Network, dense, loadModel } from '${index}';
import { NeuralNetwork as brain } from '${brain}';
import { NeuralNetwork as brainV1 } from '${v1}';
import { readTable } from '${table}';
${PROGRAM}
${RESULT}
${then}
`;

/** The same in CommonJS. */
export const cjs = (then) => `
const { Classifier, Network, dense, loadModel } = require('${NAMES.index}');
const { NeuralNetwork: brain } = require('${NAMES.brain}');
const { NeuralNetwork: brainV1 } = require('${NAMES.v1}');
const { readTable } = require('${NAMES.table}');
${PROGRAM}
${RESULT}
${then}
`;

/** Writes a line that `linesOf` finds. */
export const PRINT = "result().then((r) => console.log('RESULT ' + JSON.stringify(r)));";

/** A project with the package and files. @returns its folder */
export async function project(name, files) {
  const folder = path.join(scratch, name);
  const place = 'node_modules/efficient-backprop';
  await cp(path.join(scratch, 'installed', place), path.join(folder, place), { recursive: true });
  for (const [file, text] of Object.entries({ 'package.json': '{ "private": true }', ...files })) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), text);
  }
  return folder;
}

/** Runs a command to its end. @returns what it wrote. @throws Error with that, where it does not end with 0 in time */
export async function run(command, args, cwd, { env = {}, timeout = 180_000 } = {}) {
  const options = { cwd, env: { ...process.env, ...env }, timeout, maxBuffer: 1 << 26 };
  try {
    const { stdout, stderr } = await execute(command, args, options);
    return `${stdout}\n${stderr}`;
  } catch (error) {
    const said = `${error.stdout}\n${error.stderr}`.trim().split('\n').slice(0, 40).join('\n');
    throw new Error(`${path.basename(command)} ${args.join(' ')}\n${said || error.message}`);
  }
}

/** Starts a command that goes on; it has started once it answers at an address. @returns what ends it */
export async function started(command, args, cwd, address, env = {}) {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const end = () => {
    try {
      process.kill(-child.pid); // and what it has started
    } catch {
      // it has ended by itself
    }
  };
  for (let tries = 0; ; tries++) {
    try {
      await fetch(address);
      return end;
    } catch {
      if (tries > 150 || child.exitCode !== null) {
        end();
        throw new Error(`${path.basename(command)} did not start:\n${output}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

/** The results that a program has printed. */
export const resultsIn = (output) => [...output.matchAll(/^\s*RESULT (.*)$/gm)].map(([, json]) => JSON.parse(json));
