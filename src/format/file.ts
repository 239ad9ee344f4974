// Bytes in files, where the runtime has files.

import { builtin } from '../../bindings/features.js';
import { EfficientBackpropError, FileError, UnsupportedError } from '../runtime/errors.js';

/** The runtime's file system. */
function fileSystem(): typeof import('node:fs/promises') {
  const found = builtin<typeof import('node:fs/promises')>('node:fs/promises');
  if (!found) throw new UnsupportedError('this runtime has no files; use toBytes() and loadModel(bytes)');
  return found;
}

/** What a system's error code means, in words. */
const CAUSES: Record<string, string> = {
  ENOENT: 'no such file or folder',
  EISDIR: 'is a folder',
  ENOTDIR: 'is not in a folder',
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left',
  ELOOP: 'its symbolic links lead round in a circle',
};

/** What went wrong with a file, in words. */
export function failure(path: string, verb: 'read' | 'written', cause: unknown): FileError {
  const { code, message } = cause as { code?: string; message: string };
  return new FileError(path, `cannot be ${verb}: ${(code && CAUSES[code]) ?? message}`, cause);
}

/** @throws FileError */
export async function readBytes(path: string): Promise<Uint8Array> {
  const fs = fileSystem();
  return fs.readFile(path).catch((cause: unknown) => {
    throw failure(path, 'read', cause);
  });
}

/** What names of files begin with while this machine writes them; then come the number of the process and a random part. */
export function temporaryPrefix(): string {
  const host = builtin<typeof import('node:os')>('node:os')?.hostname() ?? '';
  return `.efficient-backprop-${host.replace(/[^a-zA-Z0-9]/g, '').slice(0, 12)}-`;
}

/** A name that no other writer uses, and a short one. */
export const temporaryName = (): string => `${temporaryPrefix()}${process.pid}-${Math.random().toString(36).slice(2)}.tmp`;

/** Files that this process is writing, for who ends it. */
export const unfinished = new Set<string>();

/** For a file that need not be there. @throws what else is wrong, such as links without an end */
export function unlessAbsent(cause: unknown): undefined {
  if ((cause as { code?: string }).code !== 'ENOENT') throw cause;
}

/** Where a file is to be put, and what is kept of one that is there. */
interface Destination {
  /** The file itself, where the name is a symbolic link. */
  readonly file: string;
  readonly mode?: number;
  /** A device or a pipe, which takes what is written and cannot be replaced. */
  readonly through?: boolean;
}

async function destinationOf(fs: typeof import('node:fs/promises'), path: string): Promise<Destination> {
  let file = path;
  // Also links to files that are not there yet, which realpath refuses; forty hops are what Linux follows.
  for (let hops = 0; hops < 40; hops++) {
    const link = await fs.readlink(file).catch(() => undefined);
    if (link === undefined) break;
    file = /^([/\\]|[a-zA-Z]:)/.test(link) ? link : file.replace(/[^/\\]*$/, link);
  }
  const found = await fs.stat(path).catch(unlessAbsent);
  if (!found) return { file };
  // A folder cannot be replaced, and the error of trying says something else.
  if (found.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' });
  if (found.isSocket()) throw new Error('is a socket');
  if (found.isBlockDevice()) throw new Error('is a disk');
  // /dev/stdout may be an ordinary file, which whoever opened it goes on writing to.
  if (!found.isFile() || /^\/(dev|proc)\//.test(path)) return { file: path, through: true };
  return { file, mode: found.mode & 0o7777 };
}

/**
 * Writes a file whole or not at all: to a temporary file beside it first, which then takes its name. A file that was there leaves
 * it its mode; a symbolic link stays, and what it points to is written; devices and pipes are written to as they are.
 * @param bytes all of them, or text as it comes
 * @throws FileError, and what the text's source throws; a file that was there is as it was
 */
export async function writeBytes(path: string, bytes: Uint8Array | AsyncIterable<string>): Promise<void> {
  const fs = fileSystem();
  let made: string | undefined;
  try {
    const { file, mode, through } = await destinationOf(fs, path);
    if (through) return await fs.writeFile(path, bytes);
    // In the same folder, so that renaming does not copy.
    const temporary = file.replace(/[^/\\]*$/, temporaryName());
    const handle = await fs.open(temporary, 'wx');
    made = temporary;
    unfinished.add(temporary);
    try {
      await fs.writeFile(handle, bytes);
      if (mode !== undefined) await handle.chmod(mode);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await fs.rename(temporary, file);
  } catch (cause) {
    if (made !== undefined) await fs.rm(made, { force: true }).catch(() => {}); // what matters is why it failed
    if (cause instanceof EfficientBackpropError) throw cause;
    throw failure(path, 'written', cause);
  } finally {
    if (made !== undefined) unfinished.delete(made);
  }
}

/**
 * Writes a model's files one after the other, in the order in which that was asked for. Of several that wait for the same path
 * the last is written.
 */
export class Writer {
  private readonly waiting = new Map<string, { bytes: Uint8Array; readonly written: Promise<void> }>();
  private last: Promise<void> = Promise.resolve();

  /** @throws FileError */
  write(path: string, bytes: Uint8Array): Promise<void> {
    const before = this.waiting.get(path);
    if (before) {
      before.bytes = bytes;
      return before.written;
    }
    const written = this.last.then(() => {
      const { bytes: latest } = this.waiting.get(path)!;
      this.waiting.delete(path);
      return writeBytes(path, latest);
    });
    this.waiting.set(path, { bytes, written });
    this.last = written.catch(() => {}); // whoever asked for it hears of it
    return written;
  }
}
