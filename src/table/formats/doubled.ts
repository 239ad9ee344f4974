// Doubled quotes of long texts, folded to one character each before Papa Parse takes cells apart, and unfolded after: it replaces
// them by a regular expression, which takes many seconds for millions of them in a cell.

/** What stands for a doubled quote: Unicode keeps it free for such uses. */
export const FOLDED = '\ufdd0';

const [QUOTE, FEED, FOLD] = ['"', '\n', FOLDED].map((c) => c.charCodeAt(0)) as [number, number, number];

/** Shorter texts are left as they are. */
const LONG = 1 << 20;

/** Characters that are put together at once: more arguments than a call takes, there may not be. */
const AT_ONCE = 1 << 13;

function textOf(units: Uint16Array): string {
  const parts: string[] = [];
  for (let i = 0; i < units.length; i += AT_ONCE)
    parts.push(String.fromCharCode.apply(null, units.subarray(i, i + AT_ONCE) as never));
  return parts.join('');
}

/**
 * The same text with each doubled quote inside of quoted cells folded, if it is long. A record begins where the text does; line
 * ends are LF.
 */
export function folded(text: string, delimiter: string, comment: string | undefined): string {
  if (text.length < LONG || delimiter.length > 1 || !text.includes('""')) return text;
  const units = new Uint16Array(text.length);
  const separator = delimiter.charCodeAt(0);
  let n = 0;
  let inside = false;
  let before = FEED;
  for (let i = 0; i < text.length; i++) {
    let unit = text.charCodeAt(i);
    if (unit === QUOTE) {
      if (!inside) inside = before === FEED || before === separator;
      else if (text.charCodeAt(i + 1) === QUOTE) {
        unit = FOLD;
        i++;
      } else inside = false;
    } else if (comment && before === FEED && !inside && text.startsWith(comment, i)) {
      const end = text.indexOf('\n', i);
      for (const last = end < 0 ? text.length - 1 : end - 1; i < last; i++) units[n++] = text.charCodeAt(i);
      unit = text.charCodeAt(i);
    }
    units[n++] = unit;
    before = unit;
  }
  return textOf(units.subarray(0, n));
}

/** A cell of a text that was folded, with its quotes. */
export function unfolded(cell: string): string {
  if (cell.length < LONG) return cell.replaceAll(FOLDED, '"');
  const units = new Uint16Array(cell.length);
  for (let i = 0; i < cell.length; i++) {
    const unit = cell.charCodeAt(i);
    units[i] = unit === FOLD ? QUOTE : unit;
  }
  return textOf(units);
}
