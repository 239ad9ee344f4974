// The library as it is shipped: ES modules for bundlers, Node.js and pages alike, and CommonJS. And the command, which is made of
// the same modules.

import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire, isBuiltin } from 'node:module';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { minify } from 'terser';
import { ALONE, BESIDE, chunked } from './chunks.mjs';
import { writeLicenses } from './licenses.mjs';
import { atOnce, root } from './steps.mjs';

/**
 * What others import, by the name under which they do, where `index` is the package itself: its source, whether it has a
 * default export, which binary it holds beside the library's own, and whether importing it is enough to `register` it with a
 * package that it imports. An entry `beside` the library does without its core; one that is `alone` has copies of all that it
 * takes of the library, and none of its binaries. package.json has an entry of `exports` and some of `sideEffects` for each.
 */
export const ENTRIES = {
  index: { source: 'src/index.ts' },
  brain: { source: 'src/compat/brain/index.ts', hasDefault: true, holds: 'patterns', beside: true },
  'brain/v1': { source: 'src/compat/brain/v1/index.ts', hasDefault: true, holds: 'patterns', beside: true },
  'levenberg-marquardt': { source: 'src/compat/levenberg-marquardt/index.ts', holds: 'squares', alone: true },
  tfjs: { source: 'src/compat/tfjs/index.ts', holds: 'tensors' },
  'tfjs-backend': { source: 'src/compat/tfjs-backend/index.ts', holds: 'tensors', registers: true },
  metrics: { source: 'src/metrics/index.ts', alone: true },
  table: { source: 'src/table/index.ts' },
};

const common = { bundle: true, target: 'es2022', logLevel: 'warning', legalComments: 'none', minifySyntax: true, write: false };

/** The text of an entry, `KIND/NAME`, which says where binaries come from, by bindings/binaries.KIND.ts. */
function textOfEntry(entry) {
  const [, kind, name] = /^(\w+)\/(.*)$/.exec(entry);
  const { source, hasDefault, holds, beside, alone, registers } = ENTRIES[name];
  const copied = alone && kind !== 'files' ? ALONE : '';
  const binaries = `./bindings/binaries.${kind}.js${beside && kind === 'text' ? BESIDE : ''}`;
  const lines = [`export * from './${source}${copied}';`];
  if (!alone) lines.unshift(`import { provide } from '${binaries}';`, 'provide();');
  if (hasDefault) lines.push(`export { default } from './${source}';`);
  // Here, and not in a chunk, which bundlers leave out where nobody uses its exports.
  if (registers) lines.push(`import { register } from './${source}';`, 'register();');
  if (holds && kind === 'modules')
    lines.unshift(`import { provide as provideOwn } from './bindings/${holds}.modules.js${copied}';`, 'provideOwn();');
  return lines.join('\n');
}

const ENTRY = 'entry:';

/** Entries, and binaries as modules, for ES modules. */
const entries = {
  name: 'entries',
  resolveId(source, importer) {
    if (source.startsWith(ENTRY)) return path.join(root, source);
    if (source.endsWith('.wasm')) return { id: `../wasm/${path.basename(source)}`, external: true };
    return importer?.startsWith(path.join(root, ENTRY)) ? this.resolve(path.join(root, source)) : null;
  },
  load: (id) => (id.startsWith(path.join(root, ENTRY)) ? textOfEntry(id.slice(root.length + 1 + ENTRY.length)) : null),
};

/** The same for CommonJS. */
const entriesOfCommonJs = {
  name: 'entries',
  setup(build) {
    // What decodes Parquet is a text of 70 KB, which few need.
    build.onResolve({ filter: /parquet\.text\.js$/ }, () => ({ path: './parquet.cjs', external: true }));
    build.onResolve({ filter: /^entry:/ }, ({ path: entry }) => ({ path: entry.slice(ENTRY.length), namespace: 'entry' }));
    build.onLoad({ filter: /./, namespace: 'entry' }, ({ path: entry }) => ({ contents: textOfEntry(entry), resolveDir: root }));
  },
};

/** Packages that are CommonJS, in ES modules: what they require of Node.js is there, since src/cli/builtins.ts comes first. */
const builtins = {
  name: 'builtins',
  resolveId(source, _, { kind }) {
    if (!isBuiltin(source)) return null;
    return kind === 'require-call' ? `\0builtin:${source}` : { id: source, external: true };
  },
  load(id) {
    if (!id.startsWith('\0builtin:')) return null;
    return { code: `module.exports = process.getBuiltinModule('${id.slice('\0builtin:'.length)}');`, moduleType: 'js' };
  },
};

/** Gives classes their names back: bundlers make `var Name = class`, and `class _Name` of those that name themselves. */
function withNames(text) {
  const own = new Set();
  const named = text.replace(/\b([A-Z]\w*) = class (_\1 )?(?=extends\b|\{)/g, (_, name, again) => {
    if (again) own.add(name);
    return `${name} = class ${name} `;
  });
  return named.replace(/\b_([A-Z]\w*)\b/g, (word, name) => (own.has(name) ? name : word));
}

/** Notes on calls that terser moves before a statement's keyword, where Rollup warns of them. */
const MISPLACED = /\/\* @__PURE__ \*\/(?=(?:return|throw|yield|await|const|let|var)\b)/g;

/** What others' packages say while they are developed is left out, and what is needed for that alone. */
const COMPRESSED = { global_defs: { 'process.env.NODE_ENV': 'production' } };

/** A file with short names for all but classes, which people read in consoles. */
async function written(file, text, settings) {
  const mangle = { keep_classnames: true };
  const { code } = await minify(withNames(text), {
    compress: false,
    ...settings,
    mangle,
    // Engines show the line of an error that nobody catches: not all of a chunk.
    format: { preserve_annotations: true, max_line_len: 1000 },
  });
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, code.replace(MISPLACED, ''));
}

/** The files that what decodes Parquet is made of, which is shipped as text. */
async function decoderFiles() {
  const entryPoints = ['src/table/formats/parquet/worker.ts'];
  const { metafile } = await esbuild.build({ ...common, entryPoints, format: 'iife', metafile: true });
  return Object.keys(metafile.inputs).map((file) => path.join(root, file));
}

/** ES modules: each entry, once more for workerd; the command; chunks of what they share and of what loads when it is needed. */
async function modules() {
  const names = Object.keys(ENTRIES);
  const input = {
    ...Object.fromEntries(names.map((name) => [name, `entry:text/${name}`])),
    ...Object.fromEntries(names.map((name) => [`workerd/${name}`, `entry:modules/${name}`])),
    cli: 'src/cli/main.ts',
  };
  const files = await chunked(input, [entries, builtins]);
  await mkdir('dist', { recursive: true });
  await writeLicenses([...files.flatMap(({ moduleIds }) => moduleIds), ...(await decoderFiles())], 'dist/LICENSES.txt');
  await atOnce(
    files.map(({ fileName, code, moduleIds }) => () => {
      const others = moduleIds.some((id) => id.includes('/node_modules/'));
      return written(`dist/${fileName}`, code, { module: true, compress: others && COMPRESSED });
    }),
    1,
  );
}

/**
 * CommonJS: all entries in one file, so that they share a memory and threads; for each a file to require and one to import. What
 * registers with another package must not ask for that before its turn.
 */
async function commonJs() {
  const names = Object.keys(ENTRIES);
  const now = names.filter((name) => !ENTRIES[name].registers);
  const later = names.filter((name) => ENTRIES[name].registers);
  const contents = [
    ...now.map((name) => `export * as '${name}' from 'entry:files/${name}';`),
    `export const later = { ${later.map((name) => `get '${name}'() { return require('entry:files/${name}'); }`)} };`,
  ].join('\n');
  const { outputFiles } = await esbuild.build({
    ...common,
    stdin: { contents, resolveDir: root },
    format: 'cjs',
    platform: 'node',
    outfile: 'dist/cjs/all.cjs',
    define: { REQUIRE: 'require' },
    external: ['@tensorflow/*'],
    plugins: [entriesOfCommonJs],
    // Jest has no import() where modules are CommonJS.
    supported: { 'dynamic-import': false },
  });
  const decoder = await esbuild.build({
    ...common,
    entryPoints: ['build/parquet.text.ts'],
    format: 'cjs',
    outfile: 'parquet.cjs',
  });
  const text = `${decoder.outputFiles[0].text}\nmodule.exports = module.exports.default;`;
  await written('dist/cjs/parquet.cjs', text, { toplevel: true });
  await written('dist/cjs/all.cjs', outputFiles[0].text, { toplevel: true });
  const all = createRequire(import.meta.url)('../dist/cjs/all.cjs');
  for (const name of names) {
    const up = '../'.repeat(name.split('/').length - 1) || './';
    const from = `${ENTRIES[name].registers ? '.later' : ''}['${name}']`;
    const exported = Object.keys((ENTRIES[name].registers ? all.later : all)[name]);
    const given = [`export const { ${exported.filter((key) => key !== 'default').join(', ')} } = all${from};`];
    if (exported.includes('default')) given.push(`export default all${from}.default;`);
    // One by one, so that tools which read the file, and do not run it, see them.
    const required = exported.map((key) => `exports.${key} = all.${key};`);
    required.unshift(
      `const all = require('${up}all.cjs')${from};`,
      "Object.defineProperty(exports, '__esModule', { value: true });",
    );
    const file = `dist/cjs/${name}`;
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(`${file}.cjs`, `${required.join('\n')}\n`);
    await writeFile(`${file}.mjs`, `import all from '${up}all.cjs';\n${given.join('\n')}\n`);
  }
}

/** What measures, for bench/ and web/bench.html: it is given the library that it measures, and has none inside. */
const bench = () =>
  esbuild.build({
    ...common,
    write: true,
    minify: true,
    format: 'esm',
    platform: 'neutral',
    entryPoints: { bench: 'src/bench/index.ts' },
    outdir: 'dist',
  });

/** What draws for documents, experiments and benchmarks: the pictures of the command's reports, and not shipped. */
const pictures = () =>
  esbuild.build({
    ...common,
    write: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    entryPoints: { pictures: 'src/cli/picture/document.ts' },
    outdir: 'build',
  });

/** Writes all of it to dist/, and what draws to build/. */
export async function bundle() {
  await Promise.all([modules(), commonJs(), bench(), pictures()]);
}
