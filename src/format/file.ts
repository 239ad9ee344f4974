// Bytes in files, where the runtime has files.

import { builtin } from '../../bindings/features.js';
import { EfficientBackpropError, FileError, UnsupportedError } from '../runtime/errors.js';

/** The runtime's file system. */
function fileSystem(): typeof import('node:fs/promises') {
  const found = builtin<typeof import('node:fs/promises')>('node:fs/promises');
  if (!found) throw new UnsupportedError('there are no files here; use toBytes() and loadModel(bytes)');
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
};

function failure(path: string, verb: string, cause: unknown): FileError {
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

/**
 * Writes a file whole or not at all: to a temporary file beside it first, which then takes its name.
 * @param bytes all of them, or text as it comes
 * @throws FileError, and what the text's source throws; a file that was there is as it was
 */
export async function writeBytes(path: string, bytes: Uint8Array | AsyncIterable<string>): Promise<void> {
  const fs = fileSystem();
  // In the same folder, so that renaming does not copy; a name of its own, since others may be saving there, and a short one.
  const temporary = path.replace(/[^/\\]*$/, `.${process.pid}-${Math.random().toString(36).slice(2)}.tmp`);
  let made = false;
  try {
    // A folder cannot be replaced, and the error of trying says something else.
    if (
      await fs.stat(path).then(
        (s) => s.isDirectory(),
        () => false,
      )
    )
      throw Object.assign(new Error(), { code: 'EISDIR' });
    const file = await fs.open(temporary, 'wx');
    made = true;
    try {
      await fs.writeFile(file, bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await fs.rename(temporary, path);
  } catch (cause) {
    if (made) await fs.rm(temporary, { force: true }).catch(() => {}); // what matters is why it failed
    if (cause instanceof EfficientBackpropError) throw cause;
    throw failure(path, 'written', cause);
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
