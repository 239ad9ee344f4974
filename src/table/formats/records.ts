// Records of CSV (RFC 4180, and what else is about): cells between delimiters, lines that end in LF, CR or both, in any mixture.

/** A record, and the line in which it begins. */
export interface CsvRecord {
  readonly cells: readonly string[];
  readonly line: number;
}

/** Something that is no CSV, in a line and a cell, which counts from 0. */
export class CsvError extends Error {
  constructor(
    readonly line: number,
    readonly cell: number,
    message: string,
  ) {
    super(message);
  }
}

const LF = 10;
const CR = 13;
const SPACE = 32;
const TAB = 9;
const QUOTE = 34;

/**
 * Takes text piece by piece and gives its records. What is not whole yet waits, and is looked at anew when it is twice as long:
 * a line as long as the text is read in linear time.
 */
export class CsvRecords {
  private waiting: string[] = [];
  private length = 0;
  private enough = 0;
  /** The text under way, where its next record begins, and in which line. */
  private text = '';
  private at = 0;
  private line = 1;
  /** Where the next line feed, carriage return and quote stand; -1 before they are looked for, Infinity if there is none. */
  private lf = -1;
  private cr = -1;
  private quote = -1;
  /** Whether there is nothing behind the text. */
  private last = false;

  constructor(
    private readonly delimiter: string,
    private readonly comment: string | undefined,
  ) {}

  /** The records that end in this piece. @throws CsvError */
  *add(piece: string): Generator<CsvRecord, void, undefined> {
    this.waiting.push(piece);
    this.length += piece.length;
    if (this.length < this.enough) return;
    yield* this.whole();
  }

  /** The records that are left. @throws CsvError */
  *end(): Generator<CsvRecord, void, undefined> {
    this.last = true;
    yield* this.whole();
  }

  private *whole(): Generator<CsvRecord, void, undefined> {
    this.text = this.waiting.join('');
    this.at = 0;
    this.lf = this.cr = this.quote = -1;
    for (let record = this.next(); record; record = this.next()) yield record;
    const rest = this.text.slice(this.at);
    this.waiting = [rest];
    this.length = rest.length;
    this.enough = 2 * rest.length;
    this.text = '';
  }

  /** The next record that is whole, past empty lines and comments. */
  private next(): CsvRecord | undefined {
    const { text, delimiter, comment } = this;
    for (;;) {
      if (this.at >= text.length) return undefined;
      const end = this.lineEnd(this.at);
      const ended = end < text.length;
      if (comment !== undefined && text.startsWith(comment, this.at)) {
        if (!ended && !this.last) return undefined;
        this.pass(end);
        continue;
      }
      if (this.quote < this.at) this.quote = find(text, '"', this.at);
      if (this.quote < end) return this.quoted();
      if (!ended && !this.last) return undefined;
      const { line, at } = this;
      this.pass(end);
      if (end > at) return { cells: text.slice(at, end).split(delimiter), line };
    }
  }

  /** Where the line ends in which `from` stands: at the end of the text, if that is not known yet. */
  private lineEnd(from: number): number {
    const { text } = this;
    if (this.lf < from) this.lf = find(text, '\n', from);
    if (this.cr < from) this.cr = find(text, '\r', from);
    const end = Math.min(this.lf, this.cr, text.length);
    // The line feed of CRLF may be yet to come.
    return end === text.length - 1 && this.cr === end && !this.last ? text.length : end;
  }

  /** Goes to the line that follows the one which ends here. */
  private pass(end: number): void {
    this.at = end + (this.text.charCodeAt(end) === CR && this.text.charCodeAt(end + 1) === LF ? 2 : 1);
    this.line++;
  }

  /** A record with quotes; undefined where it is not whole yet. */
  private quoted(): CsvRecord | undefined {
    const { text, delimiter, line: first } = this;
    const cells: string[] = [];
    let line = first;
    for (let from = this.at; ; ) {
      const open = this.blanks(from);
      let end: number;
      if (text.charCodeAt(open) === QUOTE) {
        const close = closing(text, open);
        if (close === Infinity || (close === text.length - 1 && !this.last)) {
          if (!this.last) return undefined;
          throw new CsvError(line, cells.length, 'a quote was opened and is not closed at the end of the file');
        }
        const cell = text.slice(open + 1, close);
        cells.push(cell.includes('"') ? cell.replaceAll('""', '"') : cell);
        line += linesInside(cell);
        end = this.blanks(close + 1);
        if (end >= text.length && !this.last) return undefined;
        if (end < text.length && !text.startsWith(delimiter, end) && !isLineEnd(text.charCodeAt(end)))
          throw new CsvError(line, cells.length - 1, 'a quoted cell goes on after its closing quote');
      } else {
        const lineEnd = this.lineEnd(from);
        end = Math.min(find(text, delimiter, from), lineEnd);
        if (end === text.length && !this.last) return undefined;
        if (this.quote < from) this.quote = find(text, '"', from);
        if (this.quote < end) throw new CsvError(line, cells.length, STRAY);
        cells.push(text.slice(from, end));
      }
      if (end < text.length && text.startsWith(delimiter, end)) {
        from = end + delimiter.length;
        continue;
      }
      if (end === text.length - 1 && text.charCodeAt(end) === CR && !this.last) return undefined;
      this.line = line;
      this.pass(end);
      return { cells, line: first };
    }
  }

  /** Past blanks around quotes. */
  private blanks(from: number): number {
    const { text, delimiter } = this;
    let at = from;
    for (let code = text.charCodeAt(at); code === SPACE || code === TAB; code = text.charCodeAt(++at))
      if (text.startsWith(delimiter, at)) break;
    return at;
  }
}

const STRAY = 'a quote stands in the middle of a cell; cells with quotes must be quoted as a whole, quotes inside doubled';

const isLineEnd = (code: number) => code === LF || code === CR;

function find(text: string, what: string, from: number): number {
  const at = text.indexOf(what, from);
  return at < 0 ? Infinity : at;
}

/** Where the quote that opens at `open` closes; Infinity if nowhere. */
function closing(text: string, open: number): number {
  let at = find(text, '"', open + 1);
  while (at < Infinity && text.charCodeAt(at + 1) === QUOTE) at = find(text, '"', at + 2);
  return at;
}

/** How many line ends there are in a cell. */
function linesInside(cell: string): number {
  return cell.match(/\r\n?|\n/g)?.length ?? 0;
}
