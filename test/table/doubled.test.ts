// Doubled quotes of long texts, which are folded before Papa Parse sees them.

import { expect, test } from 'vitest';
import { FOLDED, folded, unfolded } from '../../src/table/formats/doubled.js';
import { readTable } from '../../src/table/index.js';

/** A cell as CSV. */
const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;

const long = 'say "so" and ""so"", \n'.repeat(60_000);
const cells = ['', '"', '""', '"a', 'a"', ',"', '\n"', '"\n"', 'plain', '\ud83d', `${long}"`, `"${long}`, long];
const text = `${['a', 'b', 'y'].join()}\n${cells.map((cell, i) => `${quoted(cell)},${quoted(cells.at(-1 - i)!)},${i}`).join('\n')}\n`;

test('come back as they were, in long cells and short ones', async () => {
  const columns = { a: 'category', b: 'category' } as const;
  const empty = (cell: string) => (cell === '' ? null : cell.trim());
  for (const source of [text, text.replaceAll('\n', '\r\n').replaceAll('\r\n"', '\n"')]) {
    const table = await readTable(source, { columns });
    expect(table.values('a')).toEqual(cells.map(empty));
    expect(table.values('b')).toEqual([...cells].reverse().map(empty));
    expect(table.values('y')).toEqual(cells.map((_, i) => i));
  }
});

test('also beside the character that stands for them, and behind comments with quotes', async () => {
  const lines = [
    '# "" a,"comment',
    `x,y`,
    `${quoted(`${long}${FOLDED}"`)},1`,
    '#,"',
    `${quoted(long)},2`,
    `${quoted(`${FOLDED}"`)},3`,
  ];
  const table = await readTable(lines.join('\n'), { columns: { x: 'category' }, comment: '#' });
  expect(table.values('x')).toEqual([`${long}${FOLDED}"`, long.trim(), `${FOLDED}"`]);
});

test('no doubled quote is left to Papa Parse, and none outside of quoted cells is touched', () => {
  const all = folded(text, ',', undefined);
  expect(unfolded(all).length).toBe(text.length - (all.split(FOLDED).length - 1));
  expect(all.replaceAll(FOLDED, '""')).toBe(text);
  expect(all.match(/[^,\n]""[^,\n]/)).toBeNull();
  const stray = `${'a'.repeat(1 << 20)},b""c,""\n# ,"\n"x""y"\n`;
  expect(folded(stray, ',', '#')).toBe(stray.replace('x""y', `x${FOLDED}y`));
  expect(folded('"a""b"', ',', undefined)).toBe('"a""b"');
});
