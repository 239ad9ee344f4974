// npm run experiments [-- NAME …]: runs experiments on the chapter's claims, keeps their numbers in results/, and writes
// docs/experiments/ from these. `--pages` writes the pages anew, without running anything.

import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { guideOf } from './guide.mjs';
import { keptOf, pageOf, pictureOf, readResult, verdictText, writePages, writeResult } from './report.mjs';

const folder = fileURLToPath(new URL('.', import.meta.url));

/** All experiments: the files here that export one. */
export async function experiments() {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.mjs') && name !== 'run.mjs').sort();
  const modules = await Promise.all(files.map((name) => import(new URL(name, import.meta.url).href)));
  return modules.flatMap((module) => (module.default?.claim ? [module.default] : []));
}

/** All pages and pictures, by name, as the kept results have them. */
export async function pagesOf(all) {
  const results = {};
  const files = {};
  for (const experiment of all) {
    const result = await readResult(experiment.name);
    if (!result) continue;
    results[experiment.name] = result;
    files[`${experiment.name}.md`] = pageOf(experiment, result);
    files[`${experiment.name}.svg`] = pictureOf(result);
  }
  return { ...files, 'README.md': guideOf(all, results) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const names = process.argv.slice(2);
  const all = await experiments();
  const pagesOnly = names[0] === '--pages';
  const unknown = pagesOnly ? undefined : names.find((name) => !all.some((experiment) => experiment.name === name));
  if (unknown) {
    console.error(`There is no experiment ${unknown}; there are ${all.map(({ name }) => name).join(', ')}`);
    process.exit(2);
  }
  for (const experiment of pagesOnly ? [] : all) {
    if (names.length > 0 && !names.includes(experiment.name)) continue;
    const started = performance.now();
    const result = keptOf(await experiment.run({ quick: false }));
    await writeResult(experiment.name, result);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`${experiment.name} (${seconds} s): ${verdictText(result)}\n  ${result.finding}`);
  }
  await writePages(await pagesOf(all));
}
