// How well scores rank samples of a class above all others: the ROC curve and the area under it.

/** A receiver operating characteristic. */
export interface RocCurve {
  /** Of the samples that are not of the class, the share at or above each threshold, from 0 to 1. */
  readonly falsePositives: readonly number[];
  /** Of the samples of the class, the same. */
  readonly truePositives: readonly number[];
  /** Scores, from Infinity downwards: each distinct one is a point, so that equal scores are not ranked by their order. */
  readonly thresholds: readonly number[];
  /** The chance that a sample of the class scores above one that is not, ties counting half; NaN where either is missing. */
  readonly area: number;
}

/**
 * The curve of scores. Fawcett, "An introduction to ROC analysis", Pattern Recognition Letters 27 (2006), algorithms 1 and 2.
 * @param isPositive whether each sample is of the class
 */
export function rocCurve(scores: ArrayLike<number>, isPositive: ArrayLike<boolean>): RocCurve {
  const order = Uint32Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => scores[b]! - scores[a]!);
  let positives = 0;
  for (let i = 0; i < order.length; i++) if (isPositive[i]) positives++;
  const negatives = order.length - positives;
  const falsePositives = [0];
  const truePositives = [0];
  const thresholds = [Infinity];
  let [hits, misses, area] = [0, 0, 0];
  for (let i = 0; i < order.length; ) {
    const threshold = scores[order[i]!]!;
    const [hitsBefore, missesBefore] = [hits, misses];
    for (; i < order.length && scores[order[i]!] === threshold; i++) {
      if (isPositive[order[i]!]) hits++;
      else misses++;
    }
    area += ((misses - missesBefore) * (hits + hitsBefore)) / 2;
    falsePositives.push(misses / negatives);
    truePositives.push(hits / positives);
    thresholds.push(threshold);
  }
  return { falsePositives, truePositives, thresholds, area: area / (positives * negatives) };
}
