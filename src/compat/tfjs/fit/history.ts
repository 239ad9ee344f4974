// What a fit leaves behind, and the means of an epoch that go into it.

/** Numbers of a batch or an epoch by name. */
export type Logs = Record<string, number>;

/** Writes values to logs, by their names. */
export function enter(logs: Logs, names: readonly string[], values: readonly number[]): void {
  for (let i = 0; i < names.length; i++) logs[names[i]!] = values[i]!;
}

/** What values of rows that are held out are called. */
export const heldOut = (names: readonly string[]): string[] => names.map((name) => `val_${name}`);

/** What callbacks are told of a fit. */
export interface Params {
  readonly epochs: number;
  readonly initialEpoch: number | null;
  readonly samples: number | null;
  readonly steps: number | null;
  readonly batchSize: number | null;
  readonly verbose: number;
  readonly doValidation: boolean;
  readonly metrics: readonly string[];
}

/** The record of a fit, with the fields of tfjs's own. */
export class History {
  validationData: unknown = null;
  epoch: number[] = [];
  history: Record<string, number[]> = {};

  constructor(readonly params: Params) {}

  /** An epoch has ended. */
  add(epoch: number, logs: Logs): void {
    this.epoch.push(epoch);
    for (const key in logs) (this.history[key] ??= []).push(logs[key]!);
  }

  setParams(): void {}

  setModel(): void {}

  /** Nothing waits on a device. */
  async syncData(): Promise<void> {}
}

/** Means over the samples of an epoch, in float32 and in tfjs's order. */
export class Totals {
  private seen = 0;
  private readonly sums: Float32Array;

  constructor(private readonly labels: readonly string[]) {
    this.sums = new Float32Array(labels.length);
  }

  begin(): void {
    this.seen = 0;
    this.sums.fill(0);
  }

  add(size: number, values: readonly number[]): void {
    this.seen += size;
    for (let i = 0; i < values.length; i++) this.sums[i]! += Math.fround(values[i]! * size);
  }

  /** Writes means to an epoch's logs; an epoch without batches has none. */
  end(logs: Logs): void {
    if (this.seen === 0) return;
    const share = Math.fround(1 / this.seen);
    this.labels.forEach((label, i) => {
      logs[label] = Math.fround(share * this.sums[i]!);
    });
  }
}
