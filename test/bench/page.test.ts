// web/bench.html in Chromium, from a server that isolates pages and from one that does not.

import { chromium, type Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requireBuilt } from '../cli/command.js';
import { serve } from '../../web/serve.mjs';

const executablePath = process.env['CHROMIUM'];

describe.skipIf(!executablePath)('the page that measures a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    requireBuilt();
    browser = await chromium.launch({ executablePath: executablePath!, args: ['--no-sandbox'] });
  }, 120_000);
  afterAll(() => browser?.close());

  test.each([true, false])('shows a table and gives JSON; isolated: %s', async (isolated) => {
    const { server, address } = await serve({ isolated });
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    await page.goto(`${address}/web/bench.html?seconds=0.2&rung=4-16-3`);
    await page.click('#run');
    await page.waitForFunction("/done|failed/.test(document.getElementById('status').textContent)");
    expect(await page.textContent('#status')).toBe('done');
    const cells = await page.locator('#table tr').evaluateAll((rows) => rows.map((row) => row.textContent));
    expect(cells.slice(1).map((text) => /^4-16-3 b(1|16)\d.*%/.test(text ?? ''))).toEqual([true, true]);
    const { machine, limit, rungs } = JSON.parse(await page.inputValue('#json'));
    expect(machine).toMatchObject({ isolated });
    expect(machine.cores).toBeGreaterThan(0);
    expect(limit).toBeGreaterThan(0.1);
    for (const { share } of rungs) expect(share).toBeGreaterThan(0);
    await page.click('#copy');
    await page.waitForFunction("/copied|selected/.test(document.getElementById('copied').textContent)");
    expect(errors).toEqual([]);
    await page.close();
    server.close();
  });

  test('the server gives out web/ and dist/ only', async () => {
    const { server, address } = await serve();
    const status = async (path: string) => (await fetch(`${address}${path}`)).status;
    expect(await status('/web/bench.html')).toBe(200);
    for (const path of ['/package.json', '/', '/web/../package.json', '/web/%2e%2e/package.json', '/web/..%2fpackage.json'])
      expect(await status(path)).toBe(404);
    server.close();
  });
});
