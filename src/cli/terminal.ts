// What the command says: results on standard output, notes and errors on standard error. Either may be closed before the work has
// ended, or behind it a disk may be full.

/** Everything but line breaks that would move a cursor, ring a bell or change colours: C0, DEL and C1. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is they that are looked for
const CONTROLS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g;

/** U+241B for an escape, and so on: Unicode has a picture of each character below U+0020, and of DEL. */
function pictured(control: string): string {
  const code = control.charCodeAt(0);
  return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? '\u2421' : '\ufffd';
}

/** Text from files and names, in one line, with pictures of control characters. */
function printable(text: string): string {
  return text.replace(CONTROLS, pictured).replaceAll('\n', '\u2424');
}

/** The same, no longer than so many characters. */
export function clipped(text: string, most = 40): string {
  const shown = printable(text.length > 4 * most ? text.slice(0, 4 * most) : text);
  return shown.length > most ? `${shown.slice(0, most - 1)}…` : shown;
}

/** Errors of standard output so far. */
let broken: NodeJS.ErrnoException | undefined;

/**
 * Keeps the work going when nobody reads what it says. Any other failure of standard output, such as a full disk behind it, makes
 * the exit code `failed`.
 */
export function watchOutput(failed: number): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    const before = broken;
    broken ??= error;
    if (before || error.code === 'EPIPE') return;
    process.exitCode = failed;
    complain(`standard output cannot be written: ${error.code === 'ENOSPC' ? 'no space left' : error.message}`);
  });
  process.stderr.on('error', () => {}); // there is nobody left to tell
}

/** Lines of text for people, on standard output. */
export function tell(text: string): void {
  if (!broken) process.stdout.write(`${text.replace(CONTROLS, pictured)}\n`);
}

/** One value for machines, on standard output. */
export function tellJson(value: unknown): void {
  if (!broken) process.stdout.write(`${JSON.stringify(value)}\n`);
}

/** A line beside the results, on standard error. */
export function note(text: string): void {
  process.stderr.write(`${text.replace(CONTROLS, pictured)}\n`);
}

/** The most of an error that is shown: a label in it may be a whole file. */
const LONGEST = 2000;

/** What went wrong, as one line on standard error. */
export function complain(message: string): void {
  note(`error: ${clipped(message, LONGEST)}`);
}

/** Text as it comes, to standard output, which may be slower; ends early when nobody reads it any more. */
export async function pour(pieces: AsyncIterable<string>): Promise<void> {
  const { stdout } = process;
  for await (const piece of pieces) {
    if (broken) return;
    if (stdout.write(piece)) continue;
    await new Promise<void>((resolve) => {
      const done = () => {
        stdout.off('drain', done).off('error', done).off('close', done);
        resolve();
      };
      stdout.on('drain', done).on('error', done).on('close', done);
    });
  }
}

/** Whether standard error shows a line that is written over again and again. */
export function redraws(): boolean {
  const { isTTY, columns } = process.stderr;
  return Boolean(isTTY) && process.env['TERM'] !== 'dumb' && !process.env['CI'] && columns >= 60;
}
