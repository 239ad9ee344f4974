// Builds the documentation site, `npm run docs`, in site/dist/. It checks the links of all documents, copies them to site/pages/,
// writes the API reference beside them from the doc comments, and lets VitePress make static pages of both.

import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Application } from 'typedoc';
import { build } from 'vitepress';
import { ENTRIES } from '../scripts/library.mjs';
import { run, step } from '../scripts/steps.mjs';
import { nameOf, sourceOf } from './names.mjs';

const site = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(site);
const pages = path.join(site, 'pages');
const { repository } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
const source = sourceOf(repository);

/** Every link leads to a file or a heading that exists. */
const links = () =>
  run(path.join(site, 'node_modules/.bin/remark'), [
    ...['--use', `${path.join(site, 'node_modules/remark-validate-links/index.js')}=repository:false`],
    ...['--frail', '--quiet', '--no-stdout', 'README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'docs', 'examples'],
  ]);

/** The documents of the repository, at the same places, so that links between them hold. Other links lead to the sources. */
async function documents() {
  await rm(pages, { recursive: true, force: true });
  await mkdir(pages);
  await cp(path.join(root, 'docs'), path.join(pages, 'docs'), { recursive: true });
  for (const file of ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md']) await cp(path.join(root, file), path.join(pages, file));
  const pictures = (name) => !/\.json$/.test(name);
  await cp(path.join(root, 'bench/results'), path.join(pages, 'bench/results'), { recursive: true, filter: pictures });
  for (const file of await readdir(pages, { recursive: true })) {
    if (!file.endsWith('.md')) continue;
    const text = await readFile(path.join(pages, file), 'utf8');
    await writeFile(
      path.join(pages, file),
      text.replace(/\]\((?!\w+:|#)([^)#\s]+)/g, (link, to) => linkFrom(file, to) ?? link),
    );
  }
}

/** A link to what the site has no page of. */
function linkFrom(file, to) {
  const target = path.posix.join(path.posix.dirname(file), to);
  return /^(docs\/|bench\/results\/.*\.svg$|[A-Z]+\.md$)/.test(target) ? null : `](${source}/blob/main/${target}`;
}

/** Pages that run in a browser, beside the library that they import. */
async function programs() {
  const shown = path.join(pages, 'public');
  await cp(path.join(root, 'web'), path.join(shown, 'web'), { recursive: true, filter: (name) => !/serve\.\w+/.test(name) });
  const ours = (name) => !/dist\/(cjs|workerd|cli)/.test(name);
  await cp(path.join(root, 'dist'), path.join(shown, 'dist'), { recursive: true, filter: ours });
}

/** The reference: a folder for each entry of the package. */
async function reference() {
  const app = await Application.bootstrapWithPlugins({
    plugin: ['typedoc-plugin-markdown'],
    out: path.join(pages, 'api'),
    tsconfig: path.join(root, 'tsconfig.build.json'),
    entryPoints: Object.values(ENTRIES).map((entry) => path.join(root, entry.source)),
    name: 'API reference',
    readme: 'none',
    excludeInternal: true,
    excludePrivate: true,
    excludeProtected: true,
    excludeExternals: true,
    skipErrorChecking: true, // `npm run check` compiles
    validation: { invalidLink: true, notExported: false, notDocumented: false },
    treatValidationWarningsAsErrors: true,
    logLevel: 'Warn',
    entryFileName: 'index.md',
    hidePageHeader: true,
    hideBreadcrumbs: false,
    useCodeBlocks: true,
    expandObjects: true,
    parametersFormat: 'table',
    interfacePropertiesFormat: 'table',
    typeDeclarationFormat: 'table',
    sanitizeComments: true,
  });
  const project = await app.convert();
  if (!project) throw new Error('TypeDoc could not read the sources');
  const modules = Object.entries(ENTRIES).map(([entry, { source }]) => [path.join(root, source), nameOf(entry)]);
  for (const child of project.children) child.name = new Map(modules).get(child.sources[0].fullFileName);
  app.validate(project);
  if (app.logger.hasErrors() || app.logger.hasWarnings()) throw new Error('the API reference has faults: see above');
  await app.generateOutputs(project);
}

await step('docs: links', links);
await step('docs: copies documents', documents);
await step('docs: copies programs', programs);
await step('docs: API reference', reference);
await step('docs: pages', () => build(site));
