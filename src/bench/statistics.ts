// What is said of samples: medians, quartiles, and how sure a median is.

/** Median, quartiles, the least, and how many there were. */
export interface Summary {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly best: number;
  readonly samples: number;
}

/** Median and quartiles of one number or more, interpolated between neighbours. */
export function summary(values: readonly number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (q: number) => {
    const i = q * (sorted.length - 1);
    const low = sorted[Math.floor(i)]!;
    return low + (i - Math.floor(i)) * (sorted[Math.ceil(i)]! - low);
  };
  return { median: at(0.5), low: at(0.25), high: at(0.75), best: sorted[0]!, samples: sorted.length };
}

/** A median, and bounds that hold the true one with a probability of at least `confidence`. */
export interface Interval {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
}

/**
 * The sign interval of a median: between the k-th smallest and the k-th largest of n independent values, k as large as
 * `confidence` allows. A value lies on either side of the median with a probability of ½, whatever its distribution, so that the
 * interval misses with a probability of 2·P(Bin(n, ½) < k). Fewer than six values cannot be sure to 95 %: the interval then has
 * no bounds.
 */
export function medianInterval(values: readonly number[], confidence = 0.95): Interval {
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  const { median } = summary(sorted);
  let k = 0;
  let missed = 0; // 2·P(Bin(n, ½) < k)
  let term = 2 * 0.5 ** n; // 2·P(Bin(n, ½) = k)
  while (k < Math.floor(n / 2) && missed + term <= 1 - confidence) {
    missed += term;
    term *= (n - k) / (k + 1);
    k++;
  }
  if (k === 0) return { median, low: -Infinity, high: Infinity, confidence: 1 };
  return { median, low: sorted[k - 1]!, high: sorted[n - k]!, confidence: 1 - missed };
}

/** The interval of the median of `values[i] / base[i]`, pairs measured one right after the other. */
export function pairedRatio(values: readonly number[], base: readonly number[], confidence = 0.95): Interval {
  if (values.length !== base.length) throw new RangeError(`${values.length} values beside ${base.length}: they are no pairs`);
  return medianInterval(
    values.map((v, i) => v / base[i]!),
    confidence,
  );
}
