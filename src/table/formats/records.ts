// Records of CSV (RFC 4180, and what else is about), found by Papa Parse; here they get their lines, and strays among quotes are
// refused. Line ends are LF, CR or both, in any mixture; inside quotes they become LF.

import Papa from 'papaparse';
import { countOf } from '../sources/text.js';
import { FOLDED, folded, unfolded } from './doubled.js';
import { LONGEST_LINE, tooLong } from './format.js';

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

const STRAY =
  'a quote stands in the middle of a cell; cells with quotes must be quoted as a whole, without blanks before, quotes inside doubled';
const OPEN = 'a quote was opened and is not closed at the end of the file';
const GOES_ON = 'a quoted cell goes on after its closing quote';

/**
 * Takes text piece by piece and gives its records. What is not whole yet waits, and is looked at anew when it is twice as long:
 * a line as long as the text is read in linear time.
 */
export class CsvRecords {
  private waiting: string[] = [];
  private length = 0;
  private enough = 0;
  /** The line that follows the last record. */
  private line = 1;
  private found: CsvRecord[] = [];
  private text = '';
  /** Whether doubled quotes are folded: not once the text has what would stand for them. */
  private folds = true;
  /** Where the next record begins in the text. */
  private at = 0;
  private readonly parser: Papa.Parser;

  /**
   * @param delimiter anything but quotes and line ends
   * @param longest how many characters may wait for the end of their record
   */
  constructor(
    private readonly delimiter: string,
    private readonly comment: string | undefined,
    private readonly longest = LONGEST_LINE,
  ) {
    const step = ({ data, errors, meta: { cursor } }: Papa.ParseStepResult<string[][]>) => this.take(data[0]!, errors[0], cursor);
    this.parser = new Papa.Parser({ delimiter, newline: '\n', ...(comment && { comments: comment }), step: step as never });
  }

  /** The records that end in this piece. @throws CsvError */
  add(piece: string): readonly CsvRecord[] {
    if (this.folds && piece.includes(FOLDED)) {
      this.folds = false;
      this.waiting = this.waiting.map((text) => text.replaceAll(FOLDED, '""'));
    }
    this.waiting.push(piece);
    this.length += piece.length;
    return this.length < this.enough ? [] : this.whole(false);
  }

  /** The records that are left. @throws CsvError */
  end(): readonly CsvRecord[] {
    return this.whole(true);
  }

  private whole(last: boolean): readonly CsvRecord[] {
    const all = this.waiting.join('');
    const half = !last && all.endsWith('\r') ? '\r' : ''; // whose line feed may be yet to come
    const lines = (half ? all.slice(0, -1) : all).replace(/\r\n?/g, '\n');
    const text = this.folds ? folded(lines, this.delimiter, this.comment) : lines;
    this.found = [];
    this.at = 0;
    this.text = text;
    this.parser.parse(text, 0, !last);
    const rest = text.slice(this.at) + half;
    this.waiting = [rest];
    this.length = rest.length;
    if (!last && rest.length > this.longest) throw new CsvError(this.line, -1, tooLong(this.longest));
    this.enough = Math.min(2 * rest.length, this.longest + 1);
    return this.found;
  }

  /** A record that ends before `end`. Before it may stand comments. */
  private take(cells: string[], error: Papa.ParseError | undefined, end: number): void {
    const { text, comment } = this;
    let from = this.at;
    this.at = end;
    for (; comment && text.startsWith(comment, from); this.line++) from = text.indexOf('\n', from) + 1;
    const { line } = this;
    if (error) {
      const inside = error.index! - from - 1;
      const open = error.code === 'MissingQuotes';
      throw new CsvError(line + countOf(text.slice(from, from + inside), '\n'), cells.length - 1, open ? OPEN : GOES_ON);
    }
    this.line += countOf(text.slice(from, end), '\n');
    if (from < end && cells.some((cell) => cell.includes('"'))) this.requireQuoted(cells, from, line);
    // A line of nothing is no record; one of "" is.
    if (cells.length === 1 && cells[0] === '' && text[from] !== '"') return;
    const has = this.folds && cells.some((cell) => cell.includes(FOLDED));
    this.found.push({ cells: has ? cells.map(unfolded) : cells, line });
  }

  /** Papa Parse takes quotes inside of cells that are not quoted for text. @throws CsvError */
  private requireQuoted(cells: readonly string[], from: number, first: number): void {
    const { text, delimiter } = this;
    let at = from;
    let line = first;
    for (const [i, cell] of cells.entries()) {
      const quotes = countOf(cell, '"');
      if (text[at] === '"') {
        at = text.indexOf(delimiter, at + cell.length + quotes + 2);
        line += countOf(cell, '\n');
      } else if (quotes > 0) {
        throw new CsvError(line, i, STRAY);
      } else {
        at += cell.length;
      }
      at += delimiter.length;
    }
  }
}
