/** What went wrong with a file. */
interface Wrong {
  readonly extension: string;
  readonly case: number;
  readonly error: string;
  /** The file, in base64. */
  readonly file: string;
}

/** Tries so many cases, from a seed. Returns what went wrong. */
export function fuzz(
  library: Pick<typeof import('../../src/index.js'), 'loadModel' | 'EfficientBackpropError'> &
    Pick<typeof import('../../src/table/index.js'), 'readTable'>,
  count: number,
  seed: number,
): Promise<Wrong[]>;
