// The ABI of what reads binaries from text. It is carried by whatever carries one, and has a memory of its own.

export { readerOpen, textOpen, textRead } from "./reader/text";
