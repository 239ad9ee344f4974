// The page of an experiment, the drawing on it, and what is kept of a run for both: pages are made from that alone.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { chartDocument } from '../build/pictures.js';
import { dependsOn } from './verdict.mjs';

const pages = new URL('../docs/experiments/', import.meta.url);
const kept = new URL('results/', import.meta.url);

/** A number as a table shows it: three significant digits. */
function shown(value) {
  if (typeof value !== 'number') return String(value);
  if (Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 1e5 || Math.abs(value) < 1e-3 ? value.toExponential(2) : String(Number(value.toPrecision(3)));
}

const cell = (value) => shown(value).replaceAll('|', '\\|');

export function tableText({ columns, rows }) {
  const line = (cells) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
}

/** A median and its interval, as text. */
export const intervalText = ({ estimate, low, high }) => `${shown(estimate)} (${shown(low)}–${shown(high)})`;

/** What is drawn, to four digits, each line no more points than anybody sees. */
const POINTS = 120;

function rounded(value) {
  if (typeof value === 'number') return Number.isFinite(value) ? Number(value.toPrecision(4)) : String(value);
  if (Array.isArray(value)) return value.map(rounded);
  if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, rounded(v)]));
  return value;
}

/** Evenly picked points; where x is logarithmic, the first of them all, and ever fewer. */
function thinned(points, log) {
  if (points.length <= POINTS) return points;
  const last = points.length - 1;
  const even = (k) => Math.round((k * last) / (POINTS - 1));
  const cubic = (k) => Math.max(k, Math.round(last * (k / (POINTS - 1)) ** 3));
  return Array.from({ length: POINTS }, (_, k) => points[(log ? cubic : even)(k)]);
}

function drawn(chart) {
  if (!chart.lines) return chart;
  const some = (points) =>
    thinned(
      points.filter(([, y]) => Number.isFinite(y)),
      chart.log === 'x' || chart.log === 'both',
    );
  const line = ({ low, high, points, ...rest }) => ({
    ...rest,
    points: some(points),
    ...(low && { low: some(low), high: some(high) }),
  });
  return { ...chart, lines: chart.lines.map(line) };
}

/** What is kept of a run: its numbers as they are shown. */
export function keptOf({ verdict, finding, parts = [], table, chart, effects = [] }) {
  const { columns, rows } = table;
  return rounded({
    verdict,
    finding,
    parts,
    table: { columns, rows: rows.map((row) => row.map(shown)) },
    chart: drawn(chart),
    effects,
  });
}

/** As JSON, lists of numbers on a line each. */
export const keptText = (result) =>
  `${JSON.stringify(result, null, 1).replace(/\[\s+([^[\]{}]*?)\s+\]/g, (_, inner) => `[${inner.replace(/,\s+(?=["\-\d])/g, ', ')}]`)}\n`;

const WORDS = {
  confirmed: () => 'Confirmed.',
  refuted: () => 'Refuted.',
  depends: (parts) => `It depends: ${dependsOn(parts)}.`,
};

export const verdictText = ({ verdict, parts }) => WORDS[verdict](parts);

const partsText = (parts) =>
  parts.length === 0
    ? ''
    : `## What was judged

${tableText({
  columns: ['part of the claim', 'found', 'wanted', 'holds'],
  rows: parts.map(({ what, found, wanted, outcome }) => [
    what,
    typeof found === 'string' ? found : intervalText(found),
    wanted,
    outcome,
  ]),
})}

`;

/** The page of an experiment. */
export function pageOf({ name, title, section, claim, setting }, result) {
  return `# ${title}

**Claim** (Efficient BackProp ${section}): ${claim}

**${verdictText(result)}** ${result.finding}

![${result.chart.title}](${name}.svg)

${partsText(result.parts)}## Numbers

${tableText(result.table)}

## Setting

${setting}

Run it with \`npm run experiments -- ${name}\`; the program is [experiments/${name}.mjs](../../experiments/${name}.mjs).
`;
}

export const pictureOf = (result) => chartDocument(result.chart);

/** What is kept of an experiment's last full run; undefined where there is none. */
export async function readResult(name) {
  const text = await readFile(new URL(`${name}.json`, kept), 'utf8').catch(() => undefined);
  return text && JSON.parse(text);
}

/** Writes what is kept of a run. */
export async function writeResult(name, result) {
  await mkdir(kept, { recursive: true });
  await writeFile(new URL(`${name}.json`, kept), keptText(result));
}

/** Writes pages, as name and text. */
export async function writePages(files) {
  await mkdir(pages, { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(new URL(name, pages), text);
}
