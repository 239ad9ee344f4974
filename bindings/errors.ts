/** Base of every error this library throws. */
export class EfficientBackpropError extends Error {
  // Written out in every class: a minifier would change the name of the class itself.
  override name = 'EfficientBackpropError';
}

/** The runtime lacks something the library needs (WebAssembly SIMD, permission to compile, a file system …). */
export class UnsupportedError extends EfficientBackpropError {
  override name = 'UnsupportedError';
}

/** A part of the library could not be loaded when it was first needed: the files were out of reach, or are gone. */
export class LoadError extends EfficientBackpropError {
  override name = 'LoadError';

  constructor(what: string, detail: string, cause?: unknown) {
    const advice = 'try again once the network is back; if the server no longer has the files of this version, reload the page';
    super(`could not load ${what} (${detail}): ${advice}`, { cause });
  }
}

/** The worker of a fit in the background has ended in the midst of it. */
export class WorkerLostError extends EfficientBackpropError {
  override name = 'WorkerLostError';
}

/** A request does not fit into WebAssembly's linear memory (4 GiB at most). */
export class OutOfMemoryError extends EfficientBackpropError {
  override name = 'OutOfMemoryError';
  /** Bytes asked for. */
  readonly bytes: number;
  /** Bytes in use by the library at that moment. */
  readonly used: number;

  /** @param advice what makes room */
  constructor(
    bytes: number,
    used: number,
    advice = 'use fewer rows, smaller layers, or dispose() of networks and datasets no longer needed',
  ) {
    const mib = (n: number) => `${(n / 2 ** 20).toFixed(1)} MiB`;
    super(`${mib(bytes)} more do not fit in WebAssembly memory (${mib(used)} in use, 4096 MiB at most); ${advice}`);
    this.bytes = bytes;
    this.used = used;
  }
}
