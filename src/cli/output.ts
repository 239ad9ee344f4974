// Files that the command writes: checked before the work, written whole or not at all.

import { access, constants, stat } from 'node:fs/promises';
import path from 'node:path';
import { FileError } from '../runtime/errors.js';
import { writeBytes } from '../format/file.js';
import { UsageError } from './failure.js';

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

/**
 * Makes sure that a file can be written, before anything has been computed for it.
 * @throws FileError
 */
export async function requireWritable(file: string): Promise<void> {
  const folder = path.dirname(path.resolve(file));
  const refuse = (why: string) => {
    throw new FileError(file, `cannot be written: ${why}`);
  };
  const there = await stat(file).catch(() => undefined);
  if (there?.isDirectory()) refuse('is a folder');
  const parent = await stat(folder).catch(() => undefined);
  if (!parent) refuse(`there is no folder ${folder}`);
  if (!parent!.isDirectory()) refuse(`${folder} is not a folder`);
  await access(folder, constants.W_OK).catch(() => refuse(`writing into ${folder} is not permitted`));
  if (there) await access(file, constants.W_OK).catch(() => refuse('not permitted'));
}

export async function writeText(file: string, text: string): Promise<void> {
  await writeBytes(file, new TextEncoder().encode(text));
}

/** Writes text as it comes, to a file or to standard output, which may be slower. */
export async function writePieces(file: string | undefined, pieces: AsyncIterable<string>): Promise<void> {
  if (file !== undefined) return writeBytes(file, pieces);
  for await (const piece of pieces) {
    if (!process.stdout.write(piece)) await new Promise((resolve) => process.stdout.once('drain', resolve));
  }
}

/** A line of CSV; cells are quoted where they need to be. */
export function csvLine(cells: readonly unknown[]): string {
  return `${cells
    .map((cell) => {
      const text = cell === null || cell === undefined ? '' : String(cell);
      return /[",;\t\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    })
    .join(',')}\n`;
}
