// Data sets for the quality figures: real ones from npm packages, made ones from formulas.

import { readFileSync } from 'node:fs';
import { uniforms } from '../dist/bench.js';

const json = (file) => JSON.parse(readFileSync(new URL(`node_modules/${file}`, import.meta.url), 'utf8'));

/** 344 penguins as records, and their species. */
export function penguins() {
  const records = json('vega-datasets/data/penguins.json');
  return { rows: records.map(({ Species, ...rest }) => rest), targets: records.map(({ Species }) => Species) };
}

/** Cars as records, and their miles per gallon; 8 of 406 have none. */
export function cars() {
  const records = json('vega-datasets/data/cars.json').filter((car) => car.Miles_per_Gallon !== null);
  return { rows: records.map(({ Miles_per_Gallon, ...rest }) => rest), targets: records.map((car) => car.Miles_per_Gallon) };
}

/** 10,000 handwritten digits, 784 pixels each, and what they are. */
export function digits() {
  const rows = [];
  const targets = [];
  for (let digit = 0; digit < 10; digit++) {
    const { data } = json(`mnist/src/digits/${digit}.json`);
    for (let at = 0; at < data.length; at += 784) {
      rows.push(data.slice(at, at + 784));
      targets.push(digit);
    }
  }
  return { rows, targets };
}

/** Standard normal numbers. */
function normals(seed) {
  const next = uniforms(seed);
  for (let i = 0; i < 20; i++) next(); // neighbouring seeds begin alike
  return Object.assign(() => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()), { uniform: next });
}

const list = (n, make) => Array.from({ length: n }, (_, i) => make(i));

/** y = x·b + noise·√columns·ε */
export function linear(count, columns, noise, seed) {
  const normal = normals(seed);
  const b = list(columns, normal);
  const rows = list(count, () => list(columns, normal));
  return { rows, targets: rows.map((x) => x.reduce((s, v, j) => s + v * b[j], noise * Math.sqrt(columns) * normal())) };
}

/** Friedman's first function: 10·sin(π·x₀x₁) + 20·(x₂ − ½)² + 10·x₃ + 5·x₄ + noise·ε; further columns say nothing. */
export function friedman(count, columns, noise, seed) {
  const normal = normals(seed);
  const rows = list(count, () => list(columns, normal.uniform));
  const f = ([a, b, c, d, e]) => 10 * Math.sin(Math.PI * a * b) + 20 * (c - 0.5) ** 2 + 10 * d + 5 * e;
  return { rows, targets: rows.map((x) => f(x) + noise * normal()) };
}

/** Ten correlated columns from four factors, and a weak linear signal. */
export function factors(count, seed) {
  const normal = normals(seed);
  const loadings = list(10, () => list(4, normal));
  const b = list(10, () => normal() / 2);
  const rows = list(count, () => {
    const z = list(4, normal);
    return loadings.map((l) => 0.6 * l.reduce((s, v, k) => s + v * z[k], 0) + 0.8 * normal());
  });
  return { rows, targets: rows.map((x) => x.reduce((s, v, j) => s + v * b[j], 2.2 * normal())) };
}

/** A sine of so many periods. */
export function wave(count, periods) {
  const x = list(count, (i) => ((i + 0.5) / count) * 2 * Math.PI * periods);
  return { rows: x.map((v) => [v]), targets: x.map(Math.sin) };
}

/** The product of two of so many columns: no linear trace of it is left. */
export function product(count, columns, seed) {
  const normal = normals(seed);
  const rows = list(count, () => list(columns, normal));
  return { rows, targets: rows.map(([a, b]) => a * b) };
}

/** Two spirals of so many turns. */
export function spirals(count, turns, seed) {
  const normal = normals(seed);
  const rows = list(count, (i) => {
    const r = normal.uniform();
    const angle = 2 * Math.PI * turns * r + (i % 2) * Math.PI;
    return [r * Math.cos(angle) + 0.01 * normal(), r * Math.sin(angle) + 0.01 * normal()];
  });
  return { rows, targets: rows.map((_, i) => (i % 2 ? 'x' : 'o')) };
}

/** A board of 4×4 fields. */
export function board(count, seed) {
  const { uniform } = normals(seed);
  const rows = list(count, () => [4 * uniform(), 4 * uniform()]);
  return { rows, targets: rows.map(([a, b]) => ((Math.floor(a) + Math.floor(b)) % 2 ? 'black' : 'white')) };
}

/** Columns with long tails: logarithms of lognormal numbers, and their product. */
export function tails(count, seed) {
  const normal = normals(seed);
  const rows = list(count, () => list(5, () => Math.exp(1.5 * normal())));
  return { rows, targets: rows.map(([a, b, c]) => Math.log(a) + Math.log(b) * Math.log(c) + 0.2 * normal()) };
}

/** A fifth of the rows held out. */
export function split({ rows, targets }, seed) {
  const { uniform } = normals(seed * 7919 + 13);
  const order = list(rows.length, (i) => i);
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(uniform() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  const held = Math.round(rows.length / 5);
  const part = (from, to) => ({
    rows: order.slice(from, to).map((i) => rows[i]),
    targets: order.slice(from, to).map((i) => targets[i]),
  });
  return { test: part(0, held), train: part(held) };
}
