// A page as one HTML file: nothing to load, no script, in light and in dark, for screens of any width and for paper.

import { type Markup, element, escaped, together } from '../picture/svg.js';
import { cut } from '../picture/text.js';
import { PICTURE_STYLE } from '../picture/theme.js';

const STYLE = `${PICTURE_STYLE}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
main{max-width:66rem;margin:0 auto;padding:1.5rem 1rem 3rem}
h1{font-size:1.7rem;line-height:1.25;margin:.5rem 0 1rem}
h2{font-size:1.25rem;margin:2.5rem 0 .75rem}
p{max-width:46rem}
p.faint{font-size:.92rem}
.lead{font-size:1.1rem}
.faint,figcaption{color:var(--faint)}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.75rem;margin:1.25rem 0}
dl>div{background:var(--band);border-radius:.5rem;padding:.6rem .9rem}
dt{color:var(--faint);font-size:.85rem}
dd{margin:0;font-size:1.3rem;font-variant-numeric:tabular-nums}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,21rem),1fr));gap:1.5rem}
figure{margin:0}
figcaption{font-size:.9rem;max-width:30rem;margin-bottom:.5rem}
figcaption strong{display:block;color:var(--ink);font-size:1rem}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.92rem}
th,td{padding:.35rem .7rem;text-align:right;border-bottom:1px solid var(--grid);vertical-align:middle;overflow-wrap:normal}
th{font-weight:600}
th[scope=row],td.text,th.text{text-align:left;overflow-wrap:anywhere}
th[scope=row],td.text{min-width:7.5rem;max-width:22rem}
td{white-space:nowrap}
td.text{white-space:normal}
td .picture{margin-left:auto}
td.text .picture{margin-left:0}
.matrix td{text-align:center;min-width:3rem}
.matrix td.right{font-weight:700}
pre{background:var(--band);border-radius:.5rem;padding:.8rem 1rem;white-space:pre-wrap;overflow-wrap:anywhere;font-size:.9rem}
@media print{body{font-size:11pt}main{max-width:none;padding:0}figure,tr,dl>div{break-inside:avoid}h2{break-after:avoid}
.scroll{overflow:visible}table{font-size:8pt}th,td{padding:2pt 3pt}th[scope=row],td.text{min-width:0}}
`;

/** Characters of a name that a line or a cell has room for. */
export const LONGEST = 80;

interface TableContents {
  /** What it is called by who reads it aloud. */
  readonly name: string;
  /** How it is to be read. */
  readonly meaning: string;
  /** Of columns; those of text stand to the left. */
  readonly heads: readonly { readonly name: string; readonly text?: boolean }[];
  readonly rows: readonly Markup[];
  readonly kind?: string;
}

/** A table, which scrolls sideways where it is too wide, by keyboard too. */
export function tableOf({ name, meaning, heads, rows, kind }: TableContents): Markup {
  const head = heads.map((one) => element('th', { scope: 'col', class: one.text ? 'text' : undefined }, cut(one.name, LONGEST)));
  const table = element(
    'table',
    { class: kind, 'aria-label': name },
    element('thead', {}, element('tr', {}, head)),
    element('tbody', {}, rows),
  );
  return together(
    element('p', { class: 'faint' }, meaning),
    element('div', { class: 'scroll', role: 'region', 'aria-label': `${name}, table`, tabindex: 0 }, table),
  );
}

/** A row, which its first cell names. */
export function rowOf(name: string, ...cells: (Markup | undefined)[]): Markup {
  return element('tr', {}, element('th', { scope: 'row' }, cut(name, LONGEST)), cells);
}

/** A cell of a number, or of text. */
export const numberCell = (text: string): Markup => element('td', {}, text);
export const textCell = (content: Markup | string): Markup => element('td', { class: 'text' }, content);

/** A picture under its title and what it means. */
export function captioned(title: string, meaning: string, drawing: Markup): Markup {
  return element('figure', {}, element('figcaption', {}, element('strong', {}, title), meaning), drawing);
}

/** Names and values, side by side. */
export function figuresList(pairs: readonly (readonly [name: string, value: string])[]): Markup {
  return element(
    'dl',
    {},
    pairs.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value))),
  );
}

export function section(heading: string, ...contents: (Markup | undefined)[]): Markup {
  return element('section', {}, element('h2', {}, heading), together(contents));
}

export function page(title: string, ...contents: Markup[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
${element('main', {}, element('h1', {}, title), contents)}
</body>
</html>
`;
}
