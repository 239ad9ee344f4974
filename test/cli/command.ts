// Runs the built command, and keeps a folder for its files.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const command = path.join(root, 'dist', 'cli.js');

export const PENGUINS = path.join(root, 'examples', 'data', 'penguins.csv');

/** `npm test` builds before; whoever runs vitest alone may not have. */
export function requireBuilt(): void {
  if (!existsSync(command)) execFileSync(process.execPath, [path.join(root, 'scripts', 'build.mjs')], { stdio: 'inherit' });
}

/** Lines that appear where work takes more than some seconds: no test depends on the clock. */
const PROGRESS = /^(choosing|training) \d+\/\d+.*\n/gm;

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A folder, and the command run in it. */
export class Workplace {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'command-'));
  /** The built command. */
  readonly command = command;

  /** The path of a file, written if there are contents. */
  file(name: string, contents?: string | Uint8Array): string {
    const file = path.join(this.folder, name);
    if (contents !== undefined) writeFileSync(file, contents);
    return file;
  }

  /** @param meddle with the process, once it has begun */
  run(args: readonly string[], input?: string, meddle?: (child: ChildProcess) => void): Promise<Ran> {
    const child = spawn(process.execPath, [command, ...args], { cwd: this.folder });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (err += chunk));
    child.stdin.on('error', () => {}); // it may end before it has read everything
    child.stdin.end(input ?? '');
    meddle?.(child);
    return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err: err.replace(PROGRESS, '') })));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
