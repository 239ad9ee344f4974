// Pictures of documents, in Chromium: no text sticks out, and none stands on another.

import { readFileSync, readdirSync } from 'node:fs';
import { chromium } from 'playwright';
import { expect, test } from 'vitest';
import { thorough } from '../thorough.js';

const executablePath = process.env['CHROMIUM'];

(executablePath ? thorough : test.skip)('texts of all pictures have room', { timeout: 120_000 }, async () => {
  const browser = await chromium.launch({ executablePath: executablePath!, args: ['--no-sandbox'] });
  const page = await browser.newPage({ viewport: { width: 900, height: 900 } });
  const folders = ['docs/experiments', 'bench/results'];
  const files = folders.flatMap((folder) => readdirSync(folder).map((name) => `${folder}/${name}`));
  const pictures = files.filter((file) => file.endsWith('.svg'));
  expect(pictures.length).toBeGreaterThan(40);
  for (const file of pictures) {
    await page.setContent(`<body style="margin:0">${readFileSync(file, 'utf8')}</body>`);
    const crowded = await page.evaluate(() => {
      const whole = document.querySelector('svg')!.getBoundingClientRect();
      const texts = Array.from(document.querySelectorAll('svg text'), (text) => ({
        text: text.textContent,
        box: text.getBoundingClientRect(),
      }));
      const isOutside = ({ left, right, top, bottom }: DOMRect) =>
        left < whole.left - 1 || right > whole.right + 1 || top < whole.top - 1 || bottom > whole.bottom + 1;
      const meet = (a: DOMRect, b: DOMRect) =>
        Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 5;
      return texts
        .filter(({ box }, i) => isOutside(box) || texts.slice(0, i).some((other) => meet(box, other.box)))
        .map(({ text }) => text);
    });
    expect(crowded, file).toEqual([]);
  }
  await browser.close();
});
