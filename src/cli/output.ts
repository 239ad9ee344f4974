// Files that the command writes: checked before the work, written whole or not at all.

import { rmSync } from 'node:fs';
import { access, constants, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { FileError } from '../runtime/errors.js';
import { failure, temporaryPrefix, unfinished, unlessAbsent, writeBytes } from '../format/file.js';
import { UsageError } from './failure.js';
import { pour } from './terminal.js';

/**
 * Makes sure that what is written does not replace what is read.
 * @throws UsageError
 */
export function requireApart(written: Readonly<Record<string, string | undefined>>, read: readonly string[]): void {
  const seen = new Map(read.map((file) => [path.resolve(file), `what is read from ${file}`]));
  for (const [option, file] of Object.entries(written)) {
    if (file === undefined) continue;
    const other = seen.get(path.resolve(file));
    if (other) throw new UsageError(`${option} ${file} would replace ${other}`);
    seen.set(path.resolve(file), `${option} ${file}`);
  }
}

/** What names of files say that we read or write, and what other programs of this kind do. */
const SAYING =
  /^\.(csv|tsv|tab|txt|json|ndjson|jsonl|parquet|safetensors|html?|svg|png|pdf|xlsx?|gz|zip|onnx|pkl|pickle|joblib|h5|hdf5|keras|pt|pth|pb|tflite|gguf|npz?|ya?ml|xml|js|mjs|md)$/i;

/**
 * Makes sure that a file's name does not say that it is something else than what is written.
 * @throws UsageError
 */
export function requireExtension(option: string, file: string, what: string, allowed: readonly string[]): void {
  const extension = path.extname(file).toLowerCase();
  if (allowed.includes(extension) || !SAYING.test(extension)) return;
  throw new UsageError(`${option} ${file}: ${what} written as ${allowed.join(' or ')}`);
}

/** Files that this command is to write, and whether it has. */
const outputs = new Map<string, boolean>();

/** Notes that a file is there, whole. */
export function wrote(file: string): void {
  outputs.set(file, true);
}

/** Takes away what is half written, for a process that ends now; says what was written and what was not. */
export function abandoned(): string {
  for (const file of unfinished) rmSync(file, { force: true });
  const those = (whole: boolean) => [...outputs].filter(([, is]) => is === whole).map(([file]) => file);
  const said = [...those(true).map((file) => `${file} is written`), ...those(false).map((file) => `${file} is not written`)];
  return said.length > 0 ? said.join(', ') : 'nothing was to be written';
}

/** Whether a process of this machine is running. */
function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // somebody else's
  }
}

/** Takes away what killed processes of this machine have left half written in a folder. */
export async function removeLeftovers(folder: string): Promise<void> {
  const prefix = temporaryPrefix();
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.startsWith(prefix) || !name.endsWith('.tmp')) continue;
    if (!isRunning(Number.parseInt(name.slice(prefix.length), 10)))
      await rm(path.join(folder, name), { force: true }).catch(() => {});
  }
}

/**
 * Makes sure that a file can be written, before anything has been computed for it.
 * @throws FileError
 */
export async function requireWritable(file: string): Promise<void> {
  const folder = path.dirname(path.resolve(file));
  const refuse = (why: string) => {
    throw new FileError(file, `cannot be written: ${why}`);
  };
  const there = await stat(file)
    .catch(unlessAbsent)
    .catch((cause: unknown) => {
      throw failure(file, 'written', cause);
    });
  if (there?.isDirectory()) refuse('is a folder');
  if (there?.isSocket()) refuse('is a socket');
  if (there?.isBlockDevice()) refuse('is a disk');
  const parent = await stat(folder).catch(() => undefined);
  if (!parent) refuse(`there is no folder ${folder}`);
  if (!parent!.isDirectory()) refuse(`${folder} is not a folder`);
  if (there) await access(file, constants.W_OK).catch(() => refuse('not permitted'));
  // A device or a pipe is written to as it is; other files are replaced.
  if (!there || there.isFile()) {
    await access(folder, constants.W_OK).catch(() => refuse(`writing into ${folder} is not permitted`));
    await removeLeftovers(folder);
  }
  outputs.set(file, false);
}

export async function writeText(file: string, text: string): Promise<void> {
  await writeBytes(file, new TextEncoder().encode(text));
  wrote(file);
}

/** Writes text as it comes, to a file or to standard output. */
export async function writePieces(file: string | undefined, pieces: AsyncIterable<string>): Promise<void> {
  if (file === undefined) return pour(pieces);
  await writeBytes(file, pieces);
  wrote(file);
}

/** What a spreadsheet would run as a formula. */
const FORMULA = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/;

/**
 * A line of CSV; cells are quoted where they need to be.
 * @param safe puts a ' before text that a spreadsheet would run as a formula
 */
export function csvLine(cells: readonly unknown[], safe = false): string {
  return `${cells
    .map((cell) => {
      const plain = cell === null || cell === undefined ? '' : String(cell);
      const text = safe && typeof cell === 'string' && FORMULA.test(plain) ? `'${plain}` : plain;
      return /[",;\t\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    })
    .join(',')}\n`;
}
