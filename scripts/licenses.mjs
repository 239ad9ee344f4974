// The licences of packages that parts of what is shipped are made of.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';

/** The folder of the package that a file belongs to; undefined for a file of our own. */
function packageOf(file) {
  const [, folder] = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file.split(path.sep).join('/')) ?? [];
  return folder;
}

function licenseOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const entries = readdirSync(folder, { withFileTypes: true }).filter(({ name: file }) =>
    /^(licen[cs]es?|notice|copying)/i.test(file),
  );
  // Some have a folder of those of what they took from others.
  const texts = entries.flatMap((entry) => {
    const at = path.join(folder, entry.name);
    return entry.isFile() ? [at] : readdirSync(at).map((file) => path.join(at, file));
  });
  const said = texts.map((file) => readFileSync(file, 'utf8').trim());
  return `${name} ${version} (${license})\n\n${said.join('\n\n') || `Licensed under ${license}.`}`;
}

/** Writes the licences of the packages whose files these are. */
export async function writeLicenses(files, out) {
  const folders = [...new Set(files.map(packageOf))].filter((folder) => folder && existsSync(path.join(folder, 'package.json')));
  const licenses = folders.map(licenseOf).sort();
  const head = 'The command and the reader of tables are made with these packages, parts of which are in dist/.';
  await writeFile(out, `${[head, ...licenses].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`);
}
