// Whether probabilities are to be believed: of the cases called 70 % likely, do 70 % come true?

/** Cases whose probabilities lie near each other. */
interface ReliabilityBin {
  readonly count: number;
  /** Mean probability. */
  readonly probability: number;
  /** The share that came true. */
  readonly frequency: number;
}

/** How far probabilities are from what happened. */
export interface Reliability {
  /** Those of equally wide bins that hold cases, in order. */
  readonly bins: readonly ReliabilityBin[];
  /**
   * Mean distance between probability and frequency, by the counts of bins. Naeini, Cooper, Hauskrecht, "Obtaining well
   * calibrated probabilities using Bayesian binning", AAAI 2015.
   */
  readonly expectedError: number;
}

/** @param cameTrue whether each case did; @param width how many bins from 0 to 1 */
export function reliability(probabilities: ArrayLike<number>, cameTrue: ArrayLike<boolean>, width = 10): Reliability {
  const counts = new Float64Array(width);
  const sums = new Float64Array(width);
  const hits = new Float64Array(width);
  for (let i = 0; i < probabilities.length; i++) {
    const bin = Math.min(Math.floor(probabilities[i]! * width), width - 1);
    counts[bin]!++;
    sums[bin]! += probabilities[i]!;
    if (cameTrue[i]) hits[bin]!++;
  }
  const bins: ReliabilityBin[] = [];
  counts.forEach((count, i) => {
    if (count > 0) bins.push({ count, probability: sums[i]! / count, frequency: hits[i]! / count });
  });
  const distance = bins.reduce((sum, { count, probability, frequency }) => sum + count * Math.abs(probability - frequency), 0);
  return { bins, expectedError: distance / probabilities.length };
}
