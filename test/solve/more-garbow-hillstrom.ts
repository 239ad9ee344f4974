// Problems of Moré, Garbow and Hillstrom (ACM TOMS 7, 1981): residuals, starts, and the known minima of their sums of squares.

export interface Problem {
  readonly name: string;
  readonly start: readonly number[];
  readonly residuals: (x: ArrayLike<number>) => number[];
  /** The minimum, then local ones that count as solutions too. */
  readonly minima: readonly number[];
}

const range = (n: number) => Array.from({ length: n }, (_, i) => i + 1);
const { exp, sqrt, cos, sin, PI } = Math;

const BARD = [0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.1, 4.39];
const KOWALIK_V = [4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625];
const KOWALIK_Y = [0.1957, 0.1947, 0.1735, 0.16, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246];
const MEYER = [34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744, 8261, 7030, 6005, 5147, 4427, 3820, 3307, 2872];
const GAUSS = [
  0.0009, 0.0044, 0.0175, 0.054, 0.1295, 0.242, 0.3521, 0.3989, 0.3521, 0.242, 0.1295, 0.054, 0.0175, 0.0044, 0.0009,
];
const OSBORNE_1 = [
  0.844, 0.908, 0.932, 0.936, 0.925, 0.908, 0.881, 0.85, 0.818, 0.784, 0.751, 0.718, 0.685, 0.658, 0.628, 0.603, 0.58, 0.558,
  0.538, 0.522, 0.506, 0.49, 0.478, 0.467, 0.457, 0.448, 0.438, 0.431, 0.424, 0.42, 0.414, 0.411, 0.406,
];
const OSBORNE_2 = [
  1.366, 1.191, 1.112, 1.013, 0.991, 0.885, 0.831, 0.847, 0.786, 0.725, 0.746, 0.679, 0.608, 0.655, 0.616, 0.606, 0.602, 0.626,
  0.651, 0.724, 0.649, 0.649, 0.694, 0.644, 0.624, 0.661, 0.612, 0.558, 0.533, 0.495, 0.5, 0.423, 0.395, 0.375, 0.372, 0.391,
  0.396, 0.405, 0.428, 0.429, 0.523, 0.562, 0.607, 0.653, 0.672, 0.708, 0.633, 0.668, 0.645, 0.632, 0.591, 0.559, 0.597, 0.625,
  0.739, 0.71, 0.729, 0.72, 0.636, 0.581, 0.428, 0.292, 0.162, 0.098, 0.054,
];

const at = (x: ArrayLike<number>, i: number) => x[i]!;

export const PROBLEMS: readonly Problem[] = [
  {
    name: 'Rosenbrock',
    start: [-1.2, 1],
    residuals: (x) => [10 * (at(x, 1) - at(x, 0) ** 2), 1 - at(x, 0)],
    minima: [0],
  },
  {
    name: 'Freudenstein and Roth',
    start: [0.5, -2],
    residuals: ({ 0: x = 0, 1: y = 0 }) => [-13 + x + ((5 - y) * y - 2) * y, -29 + x + ((y + 1) * y - 14) * y],
    minima: [0, 48.98425],
  },
  {
    name: 'Powell badly scaled',
    start: [0, 1],
    residuals: (x) => [1e4 * at(x, 0) * at(x, 1) - 1, exp(-at(x, 0)) + exp(-at(x, 1)) - 1.0001],
    minima: [0],
  },
  {
    name: 'Brown badly scaled',
    start: [1, 1],
    residuals: (x) => [at(x, 0) - 1e6, at(x, 1) - 2e-6, at(x, 0) * at(x, 1) - 2],
    minima: [0],
  },
  {
    name: 'Beale',
    start: [1, 1],
    residuals: (x) => [1.5, 2.25, 2.625].map((y, i) => y - at(x, 0) * (1 - at(x, 1) ** (i + 1))),
    minima: [0],
  },
  {
    name: 'Jennrich and Sampson',
    start: [0.3, 0.4],
    residuals: (x) => range(10).map((i) => 2 + 2 * i - (exp(i * at(x, 0)) + exp(i * at(x, 1)))),
    minima: [124.362182],
  },
  {
    name: 'Helical valley',
    start: [-1, 0, 0],
    residuals: (x) => {
      const theta =
        at(x, 0) === 0 ? 0.25 * Math.sign(at(x, 1)) : Math.atan(at(x, 1) / at(x, 0)) / (2 * PI) + (at(x, 0) < 0 ? 0.5 : 0);
      return [10 * (at(x, 2) - 10 * theta), 10 * (sqrt(at(x, 0) ** 2 + at(x, 1) ** 2) - 1), at(x, 2)];
    },
    minima: [0],
  },
  {
    name: 'Bard',
    start: [1, 1, 1],
    residuals: (x) => BARD.map((y, i) => y - (at(x, 0) + (i + 1) / ((15 - i) * at(x, 1) + Math.min(i + 1, 15 - i) * at(x, 2)))),
    minima: [8.214877e-3, 17.42869],
  },
  {
    name: 'Gaussian',
    start: [0.4, 1, 0],
    residuals: (x) => GAUSS.map((y, i) => at(x, 0) * exp((-at(x, 1) * ((7 - i) / 2 - at(x, 2)) ** 2) / 2) - y),
    minima: [1.127933e-8],
  },
  {
    name: 'Meyer',
    start: [0.02, 4000, 250],
    residuals: (x) => MEYER.map((y, i) => at(x, 0) * exp(at(x, 1) / (45 + 5 * (i + 1) + at(x, 2))) - y),
    minima: [87.94586],
  },
  {
    name: 'Box, three variables',
    start: [0, 10, 20],
    residuals: (x) =>
      range(10).map((i) => exp(-0.1 * i * at(x, 0)) - exp(-0.1 * i * at(x, 1)) - at(x, 2) * (exp(-0.1 * i) - exp(-i))),
    minima: [0],
  },
  {
    name: 'Powell singular',
    start: [3, -1, 0, 1],
    residuals: (x) => [
      at(x, 0) + 10 * at(x, 1),
      sqrt(5) * (at(x, 2) - at(x, 3)),
      (at(x, 1) - 2 * at(x, 2)) ** 2,
      sqrt(10) * (at(x, 0) - at(x, 3)) ** 2,
    ],
    minima: [0],
  },
  {
    name: 'Wood',
    start: [-3, -1, -3, -1],
    residuals: (x) => [
      10 * (at(x, 1) - at(x, 0) ** 2),
      1 - at(x, 0),
      sqrt(90) * (at(x, 3) - at(x, 2) ** 2),
      1 - at(x, 2),
      sqrt(10) * (at(x, 1) + at(x, 3) - 2),
      (at(x, 1) - at(x, 3)) / sqrt(10),
    ],
    minima: [0],
  },
  {
    name: 'Kowalik and Osborne',
    start: [0.25, 0.39, 0.415, 0.39],
    residuals: (x) =>
      KOWALIK_Y.map((y, i) => {
        const v = KOWALIK_V[i]!;
        return y - (at(x, 0) * (v * v + v * at(x, 1))) / (v * v + v * at(x, 2) + at(x, 3));
      }),
    minima: [3.075056e-4, 1.027343e-3],
  },
  {
    name: 'Brown and Dennis',
    start: [25, 5, -5, -1],
    residuals: (x) =>
      range(20).map((i) => {
        const t = i / 5;
        return (at(x, 0) + t * at(x, 1) - exp(t)) ** 2 + (at(x, 2) + at(x, 3) * sin(t) - cos(t)) ** 2;
      }),
    minima: [85822.2016],
  },
  {
    name: 'Osborne 1',
    start: [0.5, 1.5, -1, 0.01, 0.02],
    residuals: (x) =>
      OSBORNE_1.map((y, i) => y - (at(x, 0) + at(x, 1) * exp(-10 * i * at(x, 3)) + at(x, 2) * exp(-10 * i * at(x, 4)))),
    minima: [5.464895e-5],
  },
  {
    name: 'Biggs EXP6',
    start: [1, 2, 1, 1, 1, 1],
    residuals: (x) =>
      range(13).map((i) => {
        const t = 0.1 * i;
        const y = exp(-t) - 5 * exp(-10 * t) + 3 * exp(-4 * t);
        return at(x, 2) * exp(-t * at(x, 0)) - at(x, 3) * exp(-t * at(x, 1)) + at(x, 5) * exp(-t * at(x, 4)) - y;
      }),
    minima: [0, 5.65565e-3, 0.3063667],
  },
  {
    name: 'Osborne 2',
    start: [1.3, 0.65, 0.65, 0.7, 0.6, 3, 5, 7, 2, 4.5, 5.5],
    residuals: (x) =>
      OSBORNE_2.map((y, i) => {
        const t = i / 10;
        return (
          y -
          (at(x, 0) * exp(-t * at(x, 4)) +
            at(x, 1) * exp(-((t - at(x, 8)) ** 2) * at(x, 5)) +
            at(x, 2) * exp(-((t - at(x, 9)) ** 2) * at(x, 6)) +
            at(x, 3) * exp(-((t - at(x, 10)) ** 2) * at(x, 7)))
        );
      }),
    minima: [4.013774e-2],
  },
  {
    name: 'Brown almost-linear',
    start: new Array<number>(10).fill(0.5),
    residuals: (x) => {
      const all = Array.from(x);
      const sum = all.reduce((a, b) => a + b);
      return all.map((v, i) => (i < 9 ? v + sum - 11 : all.reduce((a, b) => a * b) - 1));
    },
    minima: [0, 1],
  },
  {
    name: 'Watson',
    start: new Array<number>(6).fill(0),
    residuals: (x) => [
      ...range(29).map((i) => {
        const t = i / 29;
        let slope = 0;
        let sum = 0;
        for (let j = 5; j >= 0; j--) {
          sum = sum * t + at(x, j);
          if (j > 0) slope = slope * t + j * at(x, j);
        }
        return slope - sum * sum - 1;
      }),
      at(x, 0),
      at(x, 1) - at(x, 0) ** 2 - 1,
    ],
    minima: [2.28767e-3],
  },
];

/** Whether a sum of squares is one of the minima, to four digits, or where that is 0 next to nothing. */
export function solved({ minima }: Problem, value: number): boolean {
  return minima.some((minimum) => (minimum === 0 ? value < 1e-10 : Math.abs(value / minimum - 1) < 1e-4));
}
