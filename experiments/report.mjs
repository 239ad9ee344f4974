// The page of an experiment, and the list of all of them.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { chart } from './chart.mjs';

const folder = new URL('../docs/experiments/', import.meta.url);

/** A number as a table shows it: three significant digits. */
function shown(value) {
  if (typeof value !== 'number') return String(value);
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 1e5 || Math.abs(value) < 1e-3 ? value.toExponential(2) : String(Number(value.toPrecision(3)));
}

function tableText({ columns, rows }) {
  const line = (cells) => `| ${cells.map(shown).join(' | ')} |`;
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
}

const verdictWord = ({ confirmed }) => (confirmed ? 'Confirmed' : 'Not confirmed');

/** Writes docs/experiments/NAME.md and its chart. */
export async function writeReport({ name, title, section, claim, setting }, found) {
  await mkdir(folder, { recursive: true });
  const text = `# ${title}

**Claim** (Efficient BackProp ${section}): ${claim}

**${verdictWord(found)}.** ${found.verdict}

![${found.series.title}](${name}.svg)

${tableText(found.table)}

## Setting

${setting}

Run it with \`npm run experiments -- ${name}\`; the program is [experiments/${name}.mjs](../../experiments/${name}.mjs).
`;
  await writeFile(new URL(`${name}.md`, folder), text);
  await writeFile(new URL(`${name}.svg`, folder), chart(found.series));
}

/** Writes the list of experiments, with the verdicts of their pages. */
export async function writeIndex(experiments) {
  const lines = [];
  for (const { name, title, section, claim } of experiments) {
    const page = await readFile(new URL(`${name}.md`, folder), 'utf8').catch(() => undefined);
    const verdict = page?.match(/^\*\*(Confirmed|Not confirmed)\.\*\*/m)?.[1];
    if (verdict) lines.push(`| ${section} | [${title}](${name}.md) | ${claim} | ${verdict.toLowerCase()} |`);
  }
  lines.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const text = `# Experiments

One experiment for each claim of *Efficient BackProp* that can be tried in seconds. \`npm run experiments\` runs them again, with fixed
seeds; short forms of them are part of \`npm run test:thorough\`, the quick ones of \`npm test\` too.

| section | experiment | claim | verdict |
|---|---|---|---|
${lines.join('\n')}
`;
  await writeFile(new URL('README.md', folder), text);
}
