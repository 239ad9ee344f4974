// Binaries as compressed text, which every bundler takes. What reads it is a binary too, since the first call counts: before an
// engine has made JavaScript of this kind fast, the whole text is read here.

import type { ReaderCore } from '../build/abi.js';
import reader from '../build/reader.text.js';
import { bytesFrom, globalOf } from './features.js';
import { compiledBy } from './instance.js';

const PAGE = 65536;

/** The bytes of the last of some texts, each of which goes on from those before it. @throws UnsupportedError */
export function bytesOfText(...texts: readonly string[]): Uint8Array<ArrayBuffer> {
  const { exports } = compiledBy(() => new WebAssembly.Instance(new WebAssembly.Module(bytesFrom(reader))));
  const { memory, readerOpen, textOpen, textRead } = exports as unknown as ReaderCore & { memory: WebAssembly.Memory };
  const grow = (bytes: number) => memory.grow(Math.ceil(bytes / PAGE));
  const all = texts.join('');
  let text = readerOpen(0);
  grow(text + all.length + 2); // the two bytes before the first one are 0
  new (globalOf('TextEncoder')!)().encodeInto(all, new Uint8Array(memory.buffer, text));
  let start = 0;
  let end = memory.buffer.byteLength;
  for (const { length } of texts) {
    start = end;
    end += textOpen(0, text);
    grow(end - start);
    textRead(0, start, end);
    text += length;
  }
  return new Uint8Array(memory.buffer as ArrayBuffer, start, end - start);
}
