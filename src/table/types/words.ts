// Words that stand for nothing, or for yes and no.

const MISSING = new Set(['', 'na', 'n/a', 'n.a.', '<na>', '#n/a', 'nan', 'null', '?', '.']);
const DASHES = new Set(['-', '--', '---', '–', '—', '−']);

/** Whether a text, without blanks around it, is a dash, which stands for nothing unless there is a plus as well. */
export const isDash = (text: string) => text.length < 4 && DASHES.has(text);

/** Whether a text, without blanks around it, stands for nothing: empty, NA, N/A, NaN, null, None, ? or a lone point. */
export function isNothing(text: string): boolean {
  return MISSING.has(text) || (text.length < 5 && MISSING.has(text.toLowerCase())) || text === 'None';
}

/** Words for no and yes, in any case. 0 and 1 stay numbers. */
const PAIRS = [
  ['false', 'true'],
  ['no', 'yes'],
  ['n', 'y'],
  ['f', 't'],
  ['off', 'on'],
] as const;

/** Which pair of words a column has, by its number. */
export type BooleanWords = 'true' | 'yes' | 'y' | 't' | 'on';

export const BOOLEAN_WORDS: readonly BooleanWords[] = PAIRS.map(([, yes]) => yes);

/** What a word says in its pair; undefined for another word. */
export function readBoolean(text: string, words: BooleanWords): boolean | undefined {
  const [no, yes] = PAIRS.find(([, word]) => word === words)!;
  const word = text.length < 6 ? text.toLowerCase() : '';
  return word === yes ? true : word === no ? false : undefined;
}

/** How often each pair's words occur in a column. */
export class BooleanTally {
  private readonly counts = PAIRS.map(() => [0, 0]);

  add(text: string): boolean {
    if (text.length > 5) return false;
    const word = text.toLowerCase();
    let any = false;
    PAIRS.forEach((pair, i) => {
      const said = pair.indexOf(word as never);
      if (said < 0) return;
      this.counts[i]![said]!++;
      any = true;
    });
    return any;
  }

  /** The pair that all of so many texts are of: of letters, both must occur. */
  words(all: number): BooleanWords | undefined {
    const i = this.counts.findIndex(([no, yes], k) => no! + yes! === all && all > 0 && (k === 0 || (no! > 0 && yes! > 0)));
    return i < 0 ? undefined : PAIRS[i]![1];
  }
}
