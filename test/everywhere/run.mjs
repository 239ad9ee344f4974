// `npm run test:everywhere -- [NAME …]`: packs the package, and trains the same networks with it in every runtime and through
// every bundler there is, or those that are named. Results in strict numerics must have the same bits everywhere.

import { PAGES } from './pages.mjs';
import { packed } from './project.mjs';
import { RUNTIMES } from './runtimes.mjs';

const TARGETS = { ...RUNTIMES, ...PAGES };

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(TARGETS, name));
if (unknown.length > 0) throw new Error(`there is no ${unknown.join(', ')}; there are ${Object.keys(TARGETS).join(', ')}`);
const names = asked.length > 0 ? asked : Object.keys(TARGETS);

await packed();
const failures = [];
const skipped = [];
/** What the first one found, which the others must find. */
let expected;

/** What is wrong with a result, in words. */
function wrong(result, threads) {
  if (!result) return 'it said nothing';
  const { found, said } = result;
  const bits = JSON.stringify(found);
  expected ??= bits;
  if (bits !== expected) return `other bits: ${bits}; expected ${expected}`;
  if (!found.same) return 'threads change results';
  const unread = Object.entries(found.tables).filter(([, read]) => read !== true);
  if (unread.length > 0) return `tables are not read: ${JSON.stringify(unread)}`;
  if (!found.loaded) return 'a model is not what was saved';
  if (!found.fast) return 'nothing came of fast numerics';
  if (threads === true && said.length > 0) return `it has no threads: ${said}`;
  if (threads === false && said.length !== 1) return `it says ${said.length} times, not once, why there are no threads`;
  if (threads instanceof RegExp && !threads.test(said.join())) return `it says of threads: ${said}`;
  return undefined;
}

for (const name of names) {
  const { missing, threads, results } = TARGETS[name];
  const lacks = missing?.();
  if (lacks) {
    skipped.push(name);
    console.log(`SKIPPED ${name}: ${lacks}`);
    continue;
  }
  const start = performance.now();
  try {
    const found = await results(name);
    const faults = Object.entries(found).flatMap(([part, result]) => {
      const fault = wrong(result, threads);
      return fault ? [`${part}: ${fault}`] : [];
    });
    if (faults.length > 0) throw new Error(faults.join('\n'));
    const said = [...new Set(Object.values(found).flatMap((result) => result.said))];
    const parts = Object.keys(found).join(', ') || 'compiles';
    const seconds = ((performance.now() - start) / 1000).toFixed(0);
    console.log(`ok ${name} (${parts}; ${seconds} s)${said.length > 0 ? `\n   ${said.join('\n   ')}` : ''}`);
  } catch (error) {
    failures.push(name);
    console.log(`FAILED ${name}\n${error.message}`);
  }
}
if (expected) console.log(`bits: ${expected}`);
if (skipped.length > 0) console.log(`SKIPPED: ${skipped.join(', ')}`);
console.log(`${names.length - failures.length - skipped.length} passed, ${failures.length} failed`);
process.exitCode = failures.length > 0 ? 1 : 0;
