// npm run experiments [-- NAME …]: runs experiments on the chapter's claims, and writes docs/experiments/.

import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { writeIndex, writeReport } from './report.mjs';

const folder = fileURLToPath(new URL('.', import.meta.url));

/** All experiments: the files here that export one. */
export async function experiments() {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.mjs') && name !== 'run.mjs').sort();
  const modules = await Promise.all(files.map((name) => import(new URL(name, import.meta.url).href)));
  return modules.flatMap((module) => (module.default?.claim ? [module.default] : []));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const names = process.argv.slice(2);
  const all = await experiments();
  const unknown = names.find((name) => !all.some((experiment) => experiment.name === name));
  if (unknown) {
    console.error(`There is no experiment ${unknown}; there are ${all.map(({ name }) => name).join(', ')}`);
    process.exit(2);
  }
  for (const experiment of all) {
    if (names.length > 0 && !names.includes(experiment.name)) continue;
    const started = performance.now();
    const found = await experiment.run({ quick: false });
    await writeReport(experiment, found);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`${experiment.name}: ${found.confirmed ? 'confirmed' : 'not confirmed'} (${seconds} s)\n  ${found.verdict}`);
  }
  await writeIndex(all);
}
