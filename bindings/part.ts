// Parts of the library that are loaded when they are first needed: each is an import() of a file that says what the part is for.

import { LoadError } from './errors.js';

/** A part: what a file of the library exports, loaded once. */
export class Part<T> {
  private loaded: T | undefined;
  private loading: Promise<T> | undefined;

  /**
   * @param what it is for, as errors say it
   * @param fetch its import(), where bundlers see it
   */
  constructor(
    private readonly what: string,
    private readonly fetch: () => Promise<T>,
  ) {}

  /** What it exports, if it is there. */
  get exports(): T | undefined {
    return this.loaded;
  }

  /** The same where it has been loaded for certain. */
  get here(): T {
    if (this.loaded === undefined) throw new LoadError(this.what, 'nobody has waited for it');
    return this.loaded;
  }

  /** Loads it, unless it is there. @throws LoadError; nothing is kept of a failure, so that the next call tries again */
  async load(): Promise<T> {
    this.loading ??= this.fetch();
    try {
      this.loaded = await this.loading;
      return this.loaded;
    } catch (cause) {
      this.loading = undefined;
      throw new LoadError(this.what, cause instanceof Error ? cause.message : String(cause), cause);
    }
  }
}

/** Loads parts at once, so that none waits for another; takes no turn of the event loop where they are there. */
export function loadAll(parts: readonly Part<unknown>[]): Promise<unknown> | undefined {
  const missing = parts.filter(({ exports }) => exports === undefined);
  return missing.length > 0 ? Promise.all(missing.map((part) => part.load())) : undefined;
}
