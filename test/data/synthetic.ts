// Data for tests, made by a generator of their own (mulberry32), so that they do not depend on what they test.

export interface Draw {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** An integer from 0 to n − 1. */
  below(n: number): number;
}

export function draws(seed: number): Draw {
  let a = seed >>> 0;
  const uniform = () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal, below: (n) => Math.floor(uniform() * n) };
}

/** rows×columns standard normal numbers. */
export function normals(seed: number, rows: number, columns: number): number[][] {
  const draw = draws(seed);
  return Array.from({ length: rows }, () => Array.from({ length: columns }, () => draw.normal()));
}

/** Classes around centres on a circle of radius 3, of unit spread: far enough apart for 95 % and more. */
export function blobs(seed: number, rows: number, classes = 3): { X: number[][]; y: number[] } {
  const draw = draws(seed);
  const y = Array.from({ length: rows }, (_, r) => r % classes);
  const X = y.map((c) => {
    const angle = (2 * Math.PI * c) / classes;
    return [3 * Math.cos(angle) + draw.normal(), 3 * Math.sin(angle) + draw.normal()];
  });
  return { X, y };
}

/** Three kinds of birds, as records with gaps: measures in their own units, an island and a sex. */
export function birds(seed: number, rows: number) {
  const draw = draws(seed);
  const kinds = [
    { species: 'Adelie', bill: [38.8, 18.3], flipper: 190, mass: 3700, islands: ['Torgersen', 'Biscoe', 'Dream'] },
    { species: 'Chinstrap', bill: [48.8, 18.4], flipper: 196, mass: 3733, islands: ['Dream'] },
    { species: 'Gentoo', bill: [47.5, 15], flipper: 217, mass: 5076, islands: ['Biscoe'] },
  ] as const;
  const labels: string[] = [];
  const records = Array.from({ length: rows }, () => {
    const kind = kinds[draw.below(3)]!;
    labels.push(kind.species);
    const male = draw.uniform() < 0.5;
    return {
      island: kind.islands[draw.below(kind.islands.length)]! as string,
      bill_length: kind.bill[0] + (male ? 1.5 : -1.5) + 2 * draw.normal(),
      bill_depth: kind.bill[1] + 0.9 * draw.normal(),
      flipper_length: draw.uniform() < 0.02 ? null : kind.flipper + 6 * draw.normal(),
      body_mass: kind.mass + (male ? 300 : -300) + 300 * draw.normal(),
      sex: draw.uniform() < 0.1 ? null : male ? 'male' : 'female',
    };
  });
  return { records, labels };
}
