// The command that was typed, for who repeats it.

const PLAIN = /^[\w@%+=:,./-]+$/;

/** Words as a POSIX shell takes them. */
export function commandLine(words: readonly string[]): string {
  return words.map((word) => (PLAIN.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');
}

/** The command under way, with the seed that it drew, where it was given none. */
export function repeatable(seed?: number): string {
  const words = process.argv.slice(2);
  const given = words.some((word) => word === '--seed' || word.startsWith('--seed='));
  return commandLine(['efficient-backprop', ...words, ...(seed === undefined || given ? [] : ['--seed', String(seed)])]);
}
