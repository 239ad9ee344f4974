// A JSON array of objects, element by element: the whole of it need not fit into one string.

import { InputError } from '../input-error.js';
import type { Sheet } from '../sheet.js';
import { LONGEST_LINE, tooLong } from './format.js';
import { type JsonText, sheetsOfRecords } from './json-records.js';

/**
 * The rows of a JSON array, in sheets of so many cells each.
 * @param zero whether a key that a record lacks stands for 0
 * @param longest characters of an element
 * @throws InputError with the line
 */
export function readJson(
  file: string,
  text: AsyncGenerator<string>,
  cells: number,
  zero = false,
  longest = LONGEST_LINE,
): AsyncGenerator<Sheet, void, undefined> {
  return sheetsOfRecords(file, elementsOf(file, text, longest), cells, zero, 'has no rows: the array is empty');
}

async function* elementsOf(
  file: string,
  text: AsyncGenerator<string>,
  longest: number,
): AsyncGenerator<Iterable<JsonText>, void, undefined> {
  const elements = new Elements(file, longest);
  for await (const piece of text) yield elements.in(piece);
  elements.end();
}

const LF = 10;
const QUOTE = 34;
const COMMA = 44;
const BACKSLASH = 92;
const OPEN = 91;
const CLOSE = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/** Cuts an array into the texts of its elements, whatever these are; JSON.parse says what is wrong inside. */
class Elements {
  private line = 1;
  /** Before the array, in it, or behind it. */
  private where: 'before' | 'in' | 'behind' = 'before';
  /** How many elements have ended. */
  private ended = 0;
  /** What came in pieces before of the element under way, the line where it begins, how deep its brackets are. */
  private begun: string[] = [];
  private length = 0;
  private first = 1;
  private depth = 0;
  private inString = false;
  private escaped = false;

  constructor(
    private readonly file: string,
    private readonly longest: number,
  ) {}

  /** The elements that end in a piece. @throws InputError */
  *in(piece: string): Generator<JsonText, void, undefined> {
    /** Where the element under way begins in this piece; -1 where there is none. */
    let start = this.begun.length > 0 ? 0 : -1;
    for (let at = 0; at < piece.length; at++) {
      const c = piece.charCodeAt(at);
      if (c === LF) this.line++;
      if (this.inString) {
        if (this.escaped) this.escaped = false;
        else if (c === BACKSLASH) this.escaped = true;
        else if (c === QUOTE) this.inString = false;
        continue;
      }
      if (c <= 32) continue;
      if (this.where !== 'in') {
        if (this.where === 'behind') throw this.error('goes on after the array has ended');
        if (c !== OPEN) throw this.error('expected an array of objects, [{"name": value, …}, …]');
        this.where = 'in';
        continue;
      }
      if (this.depth === 0 && (c === COMMA || c === CLOSE)) {
        if (start >= 0) yield { source: this.begun.join('') + piece.slice(start, at), line: this.first };
        else if (c === COMMA || this.ended > 0) throw this.error('is not valid JSON: an element is missing between commas');
        start = -1;
        this.begun = [];
        this.length = 0;
        this.ended++;
        if (c === CLOSE) this.where = 'behind';
        continue;
      }
      if (start < 0) {
        start = at;
        this.first = this.line;
      }
      if (c === QUOTE) this.inString = true;
      else if (c === OPEN || c === OPEN_BRACE) this.depth++;
      else if ((c === CLOSE || c === CLOSE_BRACE) && this.depth > 0) this.depth--;
    }
    if (start < 0) return;
    this.begun.push(piece.slice(start));
    this.length += piece.length - start;
    if (this.length > this.longest) throw new InputError(this.file, { line: this.first }, tooLong(this.longest));
  }

  /** @throws InputError where the array has not ended */
  end(): void {
    if (this.where !== 'behind') throw this.error('is cut off: the array has no end');
  }

  private error(detail: string): InputError {
    return new InputError(this.file, { line: this.line }, detail);
  }
}
