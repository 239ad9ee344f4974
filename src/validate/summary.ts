// Means and spreads of what several evaluations found.

/** Mean and standard deviation (divisor n − 1; NaN of one) of each number that evaluations have in common. */
export interface Summary {
  readonly mean: Readonly<Record<string, number>>;
  readonly deviation: Readonly<Record<string, number>>;
}

export function summary(evaluations: readonly object[]): Summary {
  const mean: Record<string, number> = {};
  const deviation: Record<string, number> = {};
  const n = evaluations.length;
  for (const [name, first] of Object.entries(evaluations[0]!)) {
    if (typeof first !== 'number') continue;
    const values = evaluations.map((e) => (e as Record<string, number>)[name]!);
    const average = values.reduce((sum, v) => sum + v / n, 0);
    mean[name] = average;
    deviation[name] = n > 1 ? Math.sqrt(values.reduce((sum, v) => sum + (v - average) * (v - average), 0) / (n - 1)) : Number.NaN;
  }
  return { mean, deviation };
}
