// Months by their names, in English and in what languages the runtime knows.

const ENGLISH = 'january february march april may june july august september october november december'.split(' ');

/** Languages none of whose names is that of another month in another one, as Croatian's listopad is. */
const LANGUAGES = 'en-GB de de-AT fr es it pt nl sv da nb fi pl cs sk hu ro tr ru uk el ca id'.split(' ');

/** Months from 1 on; English ones also by their first three letters. */
const numbers = new Map(ENGLISH.flatMap((name, i) => [[name, i + 1] as const, [name.slice(0, 3), i + 1] as const]));

const plain = (word: string) => word.toLowerCase().replaceAll('.', '');

/** Learns the names of other languages, in full and short, as they stand alone and beside a day. */
function learnLanguages(): void {
  const years = Array.from({ length: 12 }, (_, month) => Date.UTC(2024, month, 15));
  for (const language of LANGUAGES) {
    for (const month of ['long', 'short'] as const) {
      for (const day of [undefined, 'numeric'] as const) {
        const format = new Intl.DateTimeFormat(language, { month, day, timeZone: 'UTC' });
        years.forEach((time, i) => {
          const name = plain(format.formatToParts(time).find(({ type }) => type === 'month')?.value ?? '');
          if (/^\p{L}{3,}$/u.test(name) && !numbers.has(name)) numbers.set(name, i + 1);
        });
      }
    }
  }
}

let hasLearned = false;

/** The number of a month, from 1 on; undefined for a word that names none. */
export function monthNamed(word: string): number | undefined {
  const name = plain(word);
  const english = numbers.get(name);
  if (english !== undefined || hasLearned) return english;
  hasLearned = true;
  learnLanguages(); // some 40 ms, for those who need it
  return numbers.get(name);
}
