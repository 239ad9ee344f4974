// Encoded rows in a temporary file, from which each epoch reads them: text is read some ten times as slowly.

import { type FileHandle, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RealArray } from '../../../bindings/memory.js';
import { temporaryName, unfinished } from '../../format/file.js';
import { removeLeftovers } from '../output.js';
import type { Spool, SpooledRows } from '../../estimators/chunks.js';

/** Where a chunk's arrays stand in the file, one behind the other. */
interface ChunkPlace {
  readonly rows: number;
  readonly at: number;
  readonly lengths: readonly [x: number, t: number, w: number | undefined];
}

/** A file that is gone with the process. */
export class FileSpool implements Spool {
  private readonly places: ChunkPlace[] = [];
  private end = 0;
  private single = true;
  private file: FileHandle | undefined;
  private failed = false;

  private constructor(private readonly name: string) {}

  /** A spool in the folder for temporary files; without one that can be written to, one that is never complete. */
  static async create(): Promise<FileSpool> {
    await removeLeftovers(tmpdir());
    const spool = new FileSpool(path.join(tmpdir(), temporaryName()));
    spool.file = await open(spool.name, 'wx+').catch(() => undefined);
    spool.failed = spool.file === undefined;
    unfinished.add(spool.name);
    await rm(spool.name, { force: true }).catch(() => {}); // an open file stays readable, except on Windows
    return spool;
  }

  get complete(): boolean {
    return !this.failed;
  }

  async put({ rows, x, t, w }: SpooledRows): Promise<void> {
    if (this.failed) return;
    this.single = x instanceof Float32Array;
    const place: ChunkPlace = { rows, at: this.end, lengths: [x.length, t.length, w?.length] };
    try {
      for (const array of w ? [x, t, w] : [x, t]) await this.write(array);
      this.places.push(place);
    } catch {
      this.failed = true; // the disk is full: rows are read from where they came
      await this.dispose();
    }
  }

  async *chunks(): AsyncGenerator<SpooledRows, void, undefined> {
    const most = (i: 0 | 1) => this.places.reduce((length, { lengths }) => Math.max(length, lengths[i]), 0);
    const buffer = (length: number): RealArray => (this.single ? new Float32Array(length) : new Float64Array(length));
    const [xs, ts] = [buffer(most(0)), buffer(most(1))];
    for (const { rows, at, lengths } of this.places) {
      const [x, t] = [xs.subarray(0, lengths[0]), ts.subarray(0, lengths[1])];
      const w = lengths[2] === undefined ? undefined : new Float64Array(lengths[2]);
      let from = at;
      for (const array of w ? [x, t, w] : [x, t]) from = await this.read(array, from);
      yield { rows, x, t, w };
    }
  }

  async dispose(): Promise<void> {
    await this.file?.close();
    this.file = undefined;
    await rm(this.name, { force: true }).catch(() => {});
    unfinished.delete(this.name);
  }

  private async write(array: ArrayBufferView): Promise<void> {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await this.file!.write(bytes, done, bytes.length - done, this.end);
      done += bytesWritten;
      this.end += bytesWritten;
    }
  }

  /** Fills an array from a place in the file; returns where the next begins. */
  private async read(array: RealArray, from: number): Promise<number> {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    for (let done = 0; done < bytes.length; ) {
      const { bytesRead } = await this.file!.read(bytes, done, bytes.length - done, from + done);
      if (bytesRead === 0) throw new Error(`${this.name} has lost its end`);
      done += bytesRead;
    }
    return from + bytes.length;
  }
}
