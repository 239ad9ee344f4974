// Reports: what they say, that nothing from a file becomes markup, and how they look in Chromium.

import axe from 'axe-core';
import { type Browser, chromium } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commandLine } from '../../src/cli/report/command-line.js';
import { HeldOut } from '../../src/cli/report/held-out.js';
import { TableProfile } from '../../src/cli/report/profile.js';
import { reportHtml } from '../../src/cli/report/report.js';
import { Thinned } from '../../src/cli/report/thinned.js';
import { table } from '../../src/data/table.js';
import { Classifier, Regressor } from '../../src/index.js';
import { draws } from '../data/synthetic.js';

type Rows = Record<string, number | string | null | Date>[];

const QUICK = { hidden: 4, weightDecay: 0.01, epochs: 20, members: 1, seed: 3 } as const;

/** A report of a model trained on three quarters of the rows and measured on the others. */
async function report(rows: Rows, truths: (string | number)[], target: string, trained = true): Promise<string> {
  const train = Math.ceil(rows.length * 0.75);
  const numbers = typeof truths[0] === 'number';
  const model = numbers
    ? await Regressor.fit(rows.slice(0, train), truths.slice(0, train) as number[], QUICK)
    : await Classifier.fit(rows.slice(0, train), truths.slice(0, train) as string[], QUICK);
  const [rest, others] = [rows.slice(train), truths.slice(train)];
  const evaluation = model.evaluate(rest, others as never);
  const held = new HeldOut(model);
  held.add(table(rest.slice(0, 10)), others.slice(0, 10));
  held.add(table(rest.slice(10)), others.slice(10));
  const profile = new TableProfile();
  profile.add(table(rows));
  profile.addTarget(target, truths);
  const all = { all: rows.length, measured: rest.length };
  const files = { modelFile: '/tmp/m.safetensors', dataFile: '/data/rows.csv' };
  const command = commandLine(['efficient-backprop', 'train', 'a file.csv', '--seed', '3']);
  return reportHtml({
    model,
    evaluation,
    held,
    profile,
    target,
    rows: all,
    notes: ['a note'],
    seed: 3,
    trained,
    command,
    ...files,
  });
}

const random = draws(9);
const HOSTILE = [
  '<script>alert(1)</script>',
  '"onload=alert(1) x="',
  "');</style><img src=x onerror=alert(1)>",
  '\u202e\u0007\u001b[31m',
];
const LONG = 'the distance to the nearest station in metres, as the crow flies and not as people walk, '.repeat(5);

/** So many classes, of which the first are the most frequent. */
function classes(k: number, n: number, name: (i: number) => string): [Rows, string[]] {
  const centres = Array.from({ length: k }, () => [2 * random.normal(), 2 * random.normal()]);
  const which = Array.from({ length: n }, (_, i) => (i < 2 * k ? i % k : Math.floor(k * (i / n) ** 2)));
  const rows = which.map((c, i) => ({
    a: centres[c]![0]! + random.normal(),
    b: i % 9 === 0 ? null : centres[c]![1]! + random.normal(),
    colour: i % 3 === 0 ? 'red' : 'blue',
  }));
  return mixed(rows, which.map(name));
}

/** In another order. */
function mixed<T>(rows: Rows, truths: T[]): [Rows, T[]] {
  const order = rows.map((_, i) => i).sort((a, b) => ((a * 7919) % rows.length) - ((b * 7919) % rows.length));
  return [order.map((i) => rows[i]!), order.map((i) => truths[i]!)];
}

const pages: Record<string, string> = {};

beforeAll(async () => {
  pages['two classes'] = await report(...classes(2, 200, (i) => ['no', 'yes'][i]!), 'answer');
  pages['ten classes'] = await report(...classes(10, 400, (i) => `digit ${i}`), 'digit');
  pages['twelve classes, with long names'] = await report(...classes(12, 480, (i) => `${LONG}${i}`), LONG);
  pages['thirty classes'] = await report(...classes(30, 600, (i) => `c${i}`), 'class');
  const line = Array.from({ length: 160 }, (_, i) => ({
    x: random.normal(),
    day: new Date(1.6e12 + i * 1e8),
    [LONG]: random.normal(),
  }));
  pages['numbers'] = await report(
    line,
    line.map(({ x }) => 1e-5 * (x + 0.1 * random.normal())),
    'tiny',
  );
  pages['one column, measured again'] = await report(
    line.map(({ x }) => ({ x })),
    line.map(({ x }) => 1e9 * x),
    'large',
    false,
  );
  const wide = Array.from({ length: 80 }, () =>
    Object.fromEntries(Array.from({ length: 300 }, (_, k) => [`column ${k}`, random.normal()])),
  );
  pages['300 columns'] = await report(
    wide,
    wide.map((row) => (row['column 7']! > 0 ? 'up' : 'down')),
    'way',
  );
  const hostile = Array.from({ length: 120 }, (_, i) => ({ [HOSTILE[0]!]: random.normal(), [HOSTILE[3]!]: HOSTILE[i % 3]! }));
  pages['hostile names'] = await report(
    hostile,
    hostile.map((row) => ((row[HOSTILE[0]!] as number) > 0 ? HOSTILE[2]! : HOSTILE[1]!)),
    HOSTILE[0]!,
  );
}, 120_000);

const textOf = (html: string) =>
  html
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');

describe('what it says', () => {
  test('of classes', () => {
    const html = pages['two classes']!;
    const text = textOf(html);
    expect(text).toMatch(/Predicting answer from rows\.csv/);
    expect(text).toMatch(/predicts answer, one of 2 classes \(no, yes\), from 3 columns \(a, b, colour\)/);
    expect(text).toMatch(
      /On 50 rows held out of 200 in rows\.csv it is right in [\d.]+ % of the cases\. Always predicting (no|yes), the most frequent class, would be right in [\d.]+ %/,
    );
    for (const heading of [
      'Class by class',
      'Confusion matrix',
      'Probabilities',
      'Importance of columns',
      'Columns',
      'Training',
      'Settings',
    ])
      expect(html).toContain(`<h2>${heading}</h2>`);
    expect(text).toMatch(/b number 11\.5 %/); // 23 of 200 are missing
    expect(text).toMatch(/colour category 0 2 different: blue, red/);
    expect(text).toMatch(/answer category 0 2 different: .* what is predicted/);
    expect(html).toMatch(/aria-label="ROC curves of yes, area [\d.]+"/);
    expect(html).toMatch(/aria-label="Calibration: [^"]* % of \d+ at/);
    expect(text).toMatch(
      /a note .*with efficient-backprop [\d.]+ and seed 3: efficient-backprop train &#39;a file.csv&#39; --seed 3/,
    );
  });

  test('of numbers', () => {
    const text = textOf(pages['numbers']!);
    expect(text).toMatch(
      /On 40 rows held out of 160 in rows\.csv its predictions miss by [\d.]+ × 10⁻⁶ .*Always predicting the mean would miss by [\d.]+ × 10⁻[⁵⁶]/,
    );
    expect(text).toMatch(/Predicted against true .* Residuals Predicted minus true: half of them between/);
    expect(text).toMatch(/day date .*2020-09-13 to 2021-03-16/);
    expect(text).not.toMatch(/Confusion|0\.0000/);
    expect(textOf(pages['one column, measured again']!)).toMatch(
      /m\.safetensors on rows\.csv: predicting large .*from the column x\. On the 40 rows of rows\.csv/,
    );
    expect(pages['one column, measured again']).not.toContain('<h2>Training</h2>');
  });

  test('of many classes, and many columns', () => {
    expect(pages['ten classes']!.match(/<td class="right"/g)).toHaveLength(10);
    expect(textOf(pages['ten classes']!)).toContain('3 others');
    expect(textOf(pages['thirty classes']!)).toMatch(/The most frequent of \d+ confusions/);
    const rows = pages['300 columns']!.split('<h2>Columns</h2>')[1]!.match(/<th scope="row"/g);
    expect(rows).toHaveLength(301);
    const [, important] = pages['300 columns']!.split('<h2>Importance of columns</h2>');
    const lost = [...important!.matchAll(/>(−?[\d.]+) points<\/td>/g)].map(([, points]) => Number(points!.replace('−', '-')));
    expect(lost).toHaveLength(25); // one shuffle of each column, so that there is no deviation
    expect(lost).toEqual([...lost].sort((a, b) => b - a));
    expect(important).toMatch(/275 more columns cost/);
  });

  test('nothing where no rows were held out', async () => {
    const [rows, truths] = classes(2, 60, (i) => ['a', 'b'][i]!);
    const model = await Classifier.fit(rows, truths, QUICK);
    const profile = new TableProfile();
    profile.add(table(rows));
    const all = { all: 60, measured: 0 };
    const about = { model, modelFile: 'm', dataFile: 'd.csv', target: 't', rows: all, trained: true, evaluation: undefined };
    const html = await reportHtml({ ...about, held: new HeldOut(model), profile, notes: [], seed: 1, command: 'c' });
    expect(textOf(html)).toMatch(/trained on all 60 rows of d\.csv\. No rows were held out, so nothing was measured/);
    expect(html).not.toMatch(/Importance|Confusion/);
  });
});

test.each(['two classes', 'numbers', 'hostile names', 'twelve classes, with long names'])(
  'is one file without scripts, whatever names are: %s',
  (name) => {
    const html = pages[name]!;
    expect(html).not.toMatch(/<script|<link|<img|<iframe|<object|<embed|@import|url\(/i);
    expect(html.replace(/"[^"]*"/g, '""')).not.toMatch(/<[^>]*\s(src|href|on\w+)\s*=/i);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
    expect(html).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f\u202e]/);
    expect(html.match(/<svg/g)!.length).toBe(html.match(/<svg[^>]* role="img" aria-label="[^"]{10,}"/g)!.length);
    expect(html.length).toBeLessThan(400_000);
  },
);

test('rows are thinned evenly, however they come', () => {
  const thinned = new Thinned<number>(100);
  let at = 0;
  for (const count of [1, 7, 250, 3, 1000, 64, 1]) {
    thinned.add(thinned.next(count).map((i) => at + i));
    at += count;
  }
  const { list } = thinned;
  const steps = new Set(list.slice(1).map((row, i) => row - list[i]!));
  expect(list[0]).toBe(0);
  expect(steps.size).toBe(1);
  expect(list.length).toBeGreaterThan(50);
  expect(list.length).toBeLessThanOrEqual(100);
});

test('the command is what a shell takes', () => {
  expect(commandLine(['a', "it's", '--x=1,2', 'two words', '$HOME'])).toBe(`a 'it'\\''s' --x=1,2 'two words' '$HOME'`);
});

const executablePath = process.env['CHROMIUM'];

describe.skipIf(!executablePath)('in Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executablePath!, args: ['--no-sandbox'] });
  }, 60_000);
  afterAll(() => browser?.close());

  /** Texts that stick out of their pictures or lie on each other, and whether the page is too wide. */
  function misplaced(): string[] {
    const found: string[] = [];
    for (const svg of document.querySelectorAll('svg')) {
      const box = svg.getBoundingClientRect();
      const texts = [...svg.querySelectorAll('text')].map((text) => ({
        text: text.textContent,
        at: text.getBoundingClientRect(),
      }));
      texts.forEach(({ text, at }, i) => {
        if (at.left < box.left - 1 || at.right > box.right + 1 || at.top < box.top - 1 || at.bottom > box.bottom + 1)
          found.push(`outside: ${text}`);
        for (const other of texts.slice(0, i)) {
          const apart = at.left > other.at.right - 1 || other.at.left > at.right - 1;
          if (!apart && at.top < other.at.bottom - 3 && other.at.top < at.bottom - 3) found.push(`${text} on ${other.text}`);
        }
      });
    }
    if (document.documentElement.scrollWidth > window.innerWidth) found.push('the page scrolls sideways');
    return found;
  }

  test.each([
    'two classes',
    'ten classes',
    'twelve classes, with long names',
    'thirty classes',
    'numbers',
    'one column, measured again',
    '300 columns',
    'hostile names',
  ])('every text is inside its box, on screens of any width: %s', async (name) => {
    const page = await browser.newPage();
    await page.setContent(pages[name]!);
    for (const width of [360, 800, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      expect(await page.evaluate(misplaced), `${width} pixels`).toEqual([]);
    }
    await page.close();
  });

  test.each([
    ['two classes', 'light'],
    ['ten classes', 'dark'],
    ['numbers', 'dark'],
    ['hostile names', 'light'],
  ] as const)('who cannot see it is told: axe finds nothing in %s, %s', async (name, colorScheme) => {
    const page = await browser.newPage({ colorScheme, viewport: { width: 400, height: 800 } });
    await page.setContent(pages[name]!);
    const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(ground).toBe(colorScheme === 'dark' ? 'rgb(20, 24, 29)' : 'rgb(255, 255, 255)');
    await page.evaluate(axe.source);
    const violations = await page.evaluate(async () => {
      const { violations } = await (
        globalThis as never as { axe: { run(): Promise<{ violations: { id: string }[] }> } }
      ).axe.run();
      return violations;
    });
    expect(violations).toEqual([]);
    await page.close();
  });

  test.each(['two classes', 'ten classes', 'numbers', 'thirty classes', '300 columns', 'hostile names'])(
    'on paper everything is there, dark on white: %s',
    async (name) => {
      // Whoever prints may have chosen dark. A4 less 12 mm on each side.
      const page = await browser.newPage({ colorScheme: 'dark', viewport: { width: 703, height: 1000 } });
      await page.setContent(pages[name]!);
      await page.emulateMedia({ media: 'print' });
      expect(await page.evaluate(misplaced)).toEqual([]);
      const found = await page.evaluate(() => {
        const light = (colour: string) => {
          const [r = 0, g = 0, b = 0, alpha = 1] = (colour.match(/[\d.]+/g) ?? []).map(Number);
          return alpha === 0 ? undefined : (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
        };
        const wrong: string[] = [];
        const ground = light(getComputedStyle(document.body).backgroundColor);
        if (ground !== undefined && ground < 0.95) wrong.push('the page is dark');
        for (const one of document.querySelectorAll<HTMLElement>('h1,h2,p,td,th,dt,dd,figcaption,summary')) {
          const style = getComputedStyle(one);
          const text = one.textContent?.trim().slice(0, 30);
          if (light(style.color)! > 0.6) wrong.push(`pale: ${text}`);
          if (one.scrollWidth > one.clientWidth + 1 && style.overflow !== 'visible' && style.display !== 'inline')
            wrong.push(`cut: ${text}`);
        }
        for (const one of document.querySelectorAll<HTMLElement>('main *')) {
          const { overflowX, overflowY } = getComputedStyle(one);
          const cuts = [overflowX, overflowY].some((how) => how !== 'visible') && !one.closest('svg');
          if (cuts && (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1))
            wrong.push(`scrolls: ${one.className}`);
        }
        for (const details of document.querySelectorAll('details'))
          if (!details.open) wrong.push(`closed: ${details.textContent?.trim().slice(0, 30)}`);
        return wrong;
      });
      expect(found).toEqual([]);
      // No sheet of paper cuts a picture: none is higher than one.
      const highest = await page.evaluate(() =>
        Math.max(...[...document.querySelectorAll('figure')].map((one) => one.getBoundingClientRect().height), 0),
      );
      expect(highest).toBeLessThan(1000);
      const pdf = await page.pdf({ format: 'A4', margin: { top: '12mm', bottom: '12mm', left: '12mm', right: '12mm' } });
      expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
      await page.close();
    },
  );

  test('texts are no wider than was reckoned, in the widest of usual fonts', async () => {
    const { widthOf } = await import('../../src/cli/picture/text.js');
    const page = await browser.newPage();
    const texts = [
      'The quick brown fox jumps over the lazy dog',
      'WWWWWWMMMM',
      '0123456789 × 10⁻⁷ %',
      'llliiijjj|||',
      'Größe, Ärger, Ξένος, Жук',
      '日本語の列',
      '🐧🐧🐧',
    ];
    const widths = await page.evaluate((list) => {
      const context = document.createElement('canvas').getContext('2d')!;
      context.font = '100px "DejaVu Sans", Verdana, sans-serif';
      return list.map((text) => context.measureText(text).width);
    }, texts);
    texts.forEach((text, i) => {
      expect(widths[i]!, text).toBeLessThanOrEqual(widthOf(text, 100));
    });
    await page.close();
  });
});
