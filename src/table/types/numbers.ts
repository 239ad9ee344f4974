// Numbers as people write them: which characters separate decimals and thousands, and what stands around them.

/** How the numbers of a column are written. Plain data. */
export interface NumberSpelling {
  readonly decimal: '.' | ',';
  /** What stands between thousands; '' for nothing. A blank is any of those that typographers use. */
  readonly thousands: '' | ',' | '.' | ' ' | "'";
  /** What stands before and behind each number: a currency, a percent sign, a unit. */
  readonly before: string;
  readonly behind: string;
}

/** Numbers as programs write them. */
export const PLAIN: NumberSpelling = { decimal: '.', thousands: '', before: '', behind: '' };

const PROGRAMS = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$|^[+-]?inf(?:inity)?$/i;

/** Whether a text is a number as programs write them. */
export function isPlain(text: string): boolean {
  return PROGRAMS.test(text);
}

const BLANKS = /[\s\u00a0\u2009\u202f]/g;
const APOSTROPHES = /[\u2019\u02bc`]/g;
/** Signs, and marks that some locales put around them. */
const MINUS = /[\u2212\ufe63\uff0d]/g;
const MARKS = /[\u061c\u200e\u200f]/g;

/** A number with what stands around it: a sign may stand on either side of what is before. */
const AROUND =
  /^([+-]?)([^\d.,+-]*)([+-]?)([\d.,][\d.,' ]*(?:e[+-]?\d+)?(?<![ ']))( ?(?:[a-z]{0,2}m[23]|[^\d.,' +-][^\d]{0,11}))?$/iu;

/** Negative numbers as accountants write them: in parentheses, or with the sign behind. */
const ACCOUNTED = /^(?:(\D{0,6})\(([^()]*)\)|([^+-]*\d ?)-)( ?(?:%|\p{Sc}|[A-Z]{3})?)$/u;

/** No cents, as `5.-` and `5,-` say. */
const NO_CENTS = /(?<=\d)([.,])[-\u2013\u2014]{1,2}(?=\D{0,6}$)/;

/** Currencies by their signs, by three letters and a blank, or as some abbreviate them. */
const CURRENCY = /^(?:[A-Z]{0,3}\p{Sc}|[A-Z]{3}(?= )|Fr\.|kr\.?|Rs\.?) {0,2}$/u;

/** Grouped and ungrouped numbers by the character between decimals; a group has three digits, in India two but for the last. */
const shapes = ([',', '.'] as const).map((other) => ({
  ungrouped: new RegExp(
    `^(?:\\d+(?:[${other === ',' ? '.' : ','}]\\d*)?|[${other === ',' ? '.' : ','}]\\d+)(?:e[+-]?\\d+)?$`,
    'i',
  ),
  grouped: (by: string) => new RegExp(`^[1-9]\\d{0,2}(?:[${by}]\\d{2,3})*[${by}]\\d{3}(?:[${other === ',' ? '.' : ','}]\\d*)?$`),
}));

type Candidate = Pick<NumberSpelling, 'decimal' | 'thousands'> & { readonly pattern: RegExp };

/** Ways to write numbers, the simplest first: each reads numbers without groups as well. */
const CANDIDATES: readonly Candidate[] = (['.', ','] as const).flatMap((decimal, i): Candidate[] => {
  const { ungrouped, grouped } = shapes[i]!;
  const groups = [decimal === '.' ? ',' : '.', ' ', "'"] as const;
  return [
    { decimal, thousands: '', pattern: ungrouped },
    ...groups.map((thousands) => ({ decimal, thousands, pattern: grouped(thousands) })),
  ];
});

/** Those of one decimal separator. */
const OF_EACH = CANDIDATES.length / 2;

/** A number in its parts. */
interface Parts {
  readonly sign: string;
  readonly before: string;
  readonly digits: string;
  readonly behind: string;
}

/** Characters of a text that may be a number. */
const LONGEST = 400;

function partsOf(text: string): Parts | undefined {
  if (text.length > LONGEST) return undefined;
  const plain = text.replace(MARKS, '').replace(MINUS, '-').replace(BLANKS, ' ').replace(APOSTROPHES, "'");
  const whole = plain.replace(NO_CENTS, '$10');
  const [, ahead = '', inside, signed, after = ''] = ACCOUNTED.exec(whole) ?? [];
  const accounted = inside ?? signed;
  if (accounted?.includes('-') || accounted?.includes('+')) return undefined;
  const even = accounted === undefined ? whole : `-${ahead}${accounted}${after}`;
  const [, outer = '', before = '', inner = '', digits, behind = ''] = AROUND.exec(even) ?? [];
  if (digits === undefined || (outer && inner) || (before.trim() !== '' && !CURRENCY.test(inner ? `${before} ` : before)))
    return undefined;
  return { sign: outer || inner, before: before.trim(), digits, behind: behind.trim() };
}

/** The way of number i that a text's digits go, as a bit each: ungrouped ones go with any groups of their decimals. */
function waysOf(digits: string): number {
  let ways = 0;
  CANDIDATES.forEach(({ pattern, thousands }, i) => {
    if (pattern.test(digits)) ways |= thousands === '' ? ((1 << OF_EACH) - 1) << i : 1 << i;
  });
  return ways;
}

const ALL_WAYS = (1 << CANDIDATES.length) - 1;
const INTEGER = /^[+-]?\d+$/;
const WITH_POINT = /^[+-]?\d*\.\d*$/;
const THREE_DECIMALS = /^[+-]?[1-9]\d{0,2}\.\d{3}$/;
const POINTS = (1 << OF_EACH) - 1;

/** Ways of what programs write, without taking it apart. */
function plainWays(text: string): number {
  if (INTEGER.test(text)) return ALL_WAYS;
  if (!WITH_POINT.test(text)) return /\./.test(text) ? POINTS : ALL_WAYS; // an exponent
  return THREE_DECIMALS.test(text) ? POINTS | (1 << (OF_EACH + 1)) : POINTS;
}

/** What stands before and behind a plain number, on two lines. */
const NOTHING_AROUND = '\n';

/** Different surroundings that are told apart. */
const MOST_SURROUNDINGS = 4;

/** What is known of decimals from the other columns of a table. */
export type DecimalHint = '.' | ',' | undefined;

/** How the numbers of a column may be written, by all of them. Their order does not matter. */
export class NumberTally {
  /** How many texts are numbers in some way. */
  count = 0;
  /** Integers with leading zeros, and those with more digits than numbers keep apart. */
  codes = 0;
  /** Whether the text that came last was written in a way that none before it was. */
  fresh = false;
  /** Whether negative numbers are written as accountants do: (5), 5-. */
  accounting = false;
  private readonly ways = new Map<number, number>();
  private readonly surroundings = new Map<string, { around: string; count: number }>();

  /** @returns whether the text is a number in some way */
  add(text: string): boolean {
    if (isPlain(text)) {
      if (/^(?:0\d+|\d{16,})$/.test(text)) this.codes++;
      this.enter(plainWays(text), NOTHING_AROUND);
      return true;
    }
    const parts = partsOf(text);
    const ways = parts ? waysOf(parts.digits) : 0;
    if (ways === 0) return false;
    this.accounting ||= parts!.sign === '-' && /\(|\d ?-/.test(text);
    this.enter(ways, `${parts!.before}\n${parts!.behind}`);
    return true;
  }

  private enter(ways: number, around: string): void {
    this.count++;
    const before = this.ways.get(ways);
    this.ways.set(ways, (before ?? 0) + 1);
    const key = around === NOTHING_AROUND ? around : around.replace(/[^\n]*$/, unitOf); // most are plain, and there are many
    const beside = this.surroundings.get(key);
    const known = beside !== undefined || this.surroundings.size === MOST_SURROUNDINGS;
    if (beside) {
      beside.count++;
      if (around < beside.around) beside.around = around;
    } else if (!known) this.surroundings.set(key, { around, count: 1 });
    this.fresh = before === undefined || !known;
  }

  private accepted(bit: number): number {
    let sum = 0;
    for (const [ways, count] of this.ways) if (ways & (1 << bit)) sum += count;
    return sum;
  }

  /**
   * The way that most are written, the simplest of several; and whether others would do as well, which read them as other
   * numbers.
   * @param hint what other columns say of decimals
   * @param said whether somebody says so, of numbers without decimals too
   * @param semicolons whether these separate cells, as where commas separate decimals
   */
  spelling(hint: DecimalHint, said = false, semicolons = false): { spelling: NumberSpelling; accepted: number; sure: boolean } {
    const counts = CANDIDATES.map((_, i) => this.accepted(i));
    const best = Math.max(...counts);
    const point = counts.slice(0, OF_EACH).indexOf(best);
    const comma = counts.indexOf(best, OF_EACH);
    const either = point >= 0 && comma >= 0;
    // Both read all; they differ where digits stand behind the one or the other.
    const differ = either && [...this.ways.keys()].some((ways) => ways !== ALL_WAYS && !sameNumber(ways));
    const commas = hint === ',' || (hint === undefined && semicolons && CANDIDATES[point]?.thousands === ',');
    const way = !either ? Math.max(point, comma) : (differ || said) && commas ? comma : point;
    const { decimal, thousands } = CANDIDATES[way]!;
    const most = [...this.surroundings.values()].sort((a, b) => b.count - a.count || (a.around < b.around ? -1 : 1));
    const { around, count: same } = most[0] ?? { around: NOTHING_AROUND, count: 0 };
    const [before = '', behind = ''] = around.split('\n');
    return {
      spelling: { decimal, thousands, before, behind },
      accepted: Math.min(best, same),
      sure: !differ || hint !== undefined,
    };
  }

  /** What this column surely says of decimals, if anything. */
  get decimal(): DecimalHint {
    const { spelling, sure } = this.spelling(undefined);
    return sure && this.tells && this.count > 0 ? spelling.decimal : undefined;
  }

  /** Whether any of the texts has decimals, or what may be such. */
  get tells(): boolean {
    return [...this.ways.keys()].some((ways) => !sameNumber(ways));
  }
}

/** Whether a text is a number in some way. */
export function looksLikeNumber(text: string): boolean {
  if (isPlain(text)) return true;
  const parts = partsOf(text);
  return parts !== undefined && waysOf(parts.digits) !== 0;
}

/** Whether what goes so many ways is the same number in all of them: it has no decimals. */
function sameNumber(ways: number): boolean {
  const points = ways & POINTS;
  const commas = ways >> OF_EACH;
  return points === commas;
}

/** Reads a number that is written so; undefined for what is not. */
export function readNumber(text: string, { decimal, thousands, before, behind }: NumberSpelling): number | undefined {
  if (isPlain(text)) {
    const fits = before === '' && behind === '' && (decimal === '.' ? true : !text.includes('.') || thousands === '.');
    if (!fits) return undefined;
    if (decimal === '.') return numberIn(text);
  }
  const parts = partsOf(text);
  if (!parts || parts.before !== before || unitOf(parts.behind) !== unitOf(behind)) return undefined;
  const way = CANDIDATES.findIndex((c) => c.decimal === decimal && c.thousands === thousands);
  if ((waysOf(parts.digits) & (1 << way)) === 0) return undefined;
  const whole = thousands === '' ? parts.digits : parts.digits.replaceAll(thousands, '');
  return Number(parts.sign + whole.replace(decimal, '.'));
}

/** A unit, in which KG is kg; one of mixed case is another unit, as mW and MW are. */
const unitOf = (behind: string) => (/^[A-Z]{2,}$/.test(behind) ? behind.toLowerCase() : behind);

/** A text as programs write numbers. Infinities, and numbers too large for float64, become ±Infinity. */
function numberIn(text: string): number {
  return /inf/i.test(text) ? (text.startsWith('-') ? -Infinity : Infinity) : Number(text);
}
