// What a TrainStream is made of: Node's stream.Writable, without an import that pages could not follow; elsewhere as much of one
// as a network needs.

type Listener = (...args: unknown[]) => void;

/** A stream that takes objects one by one. */
export interface ObjectWritable {
  write<T>(chunk: T, ...rest: unknown[]): boolean;
  end(...args: unknown[]): unknown;
  on(event: string, listener: Listener): unknown;
  once(event: string, listener: Listener): unknown;
  emit(event: string, ...args: unknown[]): boolean;
}

export type ObjectWritableClass = abstract new (options: { objectMode: boolean }) => ObjectWritable;

/** Takes a chunk after the other; `_write` is the heir's. Readable streams can be piped into it. */
abstract class PlainWritable implements ObjectWritable {
  private readonly listeners = new Map<string, Listener[]>();
  private readonly waiting: unknown[] = [];
  private writing = false;

  abstract _write(chunk: unknown, encoding: string, next: (error?: Error | null) => void): void;

  write<T>(chunk: T): boolean {
    this.waiting.push(chunk);
    if (!this.writing) this.go();
    return true;
  }

  /** Writes what waits, until a chunk takes its time. */
  private go(): void {
    while (!this.writing && this.waiting.length > 0) {
      this.writing = true;
      let now = true;
      this._write(this.waiting.shift(), 'utf8', (error) => {
        if (error) this.emit('error', error);
        this.writing = false;
        if (!now) this.go();
      });
      now = false;
    }
  }

  end(chunk?: unknown): this {
    if (chunk !== undefined && typeof chunk !== 'function') this.write(chunk);
    this.emit('finish');
    this.emit('close');
    return this;
  }

  on(event: string, listener: Listener): this {
    this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener]);
    return this;
  }

  once(event: string, listener: Listener): this {
    const first: Listener = (...args) => {
      this.off(event, first);
      listener(...args);
    };
    return this.on(event, first);
  }

  off(event: string, listener: Listener): this {
    this.listeners.set(
      event,
      (this.listeners.get(event) ?? []).filter((other) => other !== listener),
    );
    return this;
  }

  addListener(event: string, listener: Listener): this {
    return this.on(event, listener);
  }

  prependListener(event: string, listener: Listener): this {
    this.listeners.set(event, [listener, ...(this.listeners.get(event) ?? [])]);
    return this;
  }

  removeListener(event: string, listener: Listener): this {
    return this.off(event, listener);
  }

  emit(event: string, ...args: unknown[]): boolean {
    const listeners = this.listeners.get(event) ?? [];
    for (const listener of listeners) listener(...args);
    return listeners.length > 0;
  }
}

/** Node has had it since 20.16 and 22.3. */
interface BuiltIns {
  getBuiltinModule?(name: string): { Writable?: ObjectWritableClass } | undefined;
}

function nodes(): ObjectWritableClass | undefined {
  const { process } = globalThis as { process?: BuiltIns };
  return process?.getBuiltinModule?.('node:stream')?.Writable;
}

export const Writable: ObjectWritableClass = nodes() ?? (PlainWritable as unknown as ObjectWritableClass);
