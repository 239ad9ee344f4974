// The library as ES modules: an entry, a few files that hold what it exports, and files of the parts that are loaded when they
// are needed. Bundlers leave out files that nobody imports from, but keep one in one piece; and some count all that an entry
// imports statically as needed at once. So files are few, but go by what a program uses; and parts have copies of their own of
// what the entry has as well, outside of the core: none of it keeps any state.

import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { rolldown } from 'rolldown';
import { root } from './steps.mjs';

/** Entries that do without the core: what they need of it they have copies of, but for files that have to be one for all. */
const BESIDE_THE_CORE = ['src/compat/brain/index.ts', 'src/compat/brain/v1/index.ts'];
const ONE_FOR_ALL = ['bindings/errors.ts', 'src/runtime/errors.ts', 'bindings/binaries.ts'];

/** Files by what they are for: these and what they import, without what is in a file before. */
const FILES = {
  core: ['src/network/network.ts', 'src/layers/layers.ts', 'src/methods/sgd.ts'],
  methods: [
    ...readdirSync('src/methods', { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => `src/methods/${name}`),
    'src/rates/schedules.ts',
  ],
  estimators: ['src/estimators/classifier.ts'],
  regressor: ['src/estimators/regressor.ts'],
  more: ['src/index.ts'],
};

/** The files that some import, and those import, and so on, without those that are loaded later. */
async function closure(entries) {
  const contents = entries.map((entry) => `export * from './${entry}';`).join('\n');
  const { metafile } = await esbuild.build({
    stdin: { contents, resolveDir: root, sourcefile: 'core' },
    bundle: true,
    splitting: true,
    format: 'esm',
    outdir: 'core',
    metafile: true,
    write: false,
  });
  const files = new Set();
  const follow = (file) => {
    if (files.has(file)) return;
    files.add(file);
    for (const { kind, path: next } of metafile.inputs[file].imports) if (kind === 'import-statement') follow(next);
  };
  follow('core');
  return new Set([...files].map((file) => path.join(root, file)));
}

/** Marks a copy for a part of the core, one for an entry beside it, and one for an entry alone. */
const COPY = '?part';
export const BESIDE = '?beside';
export const ALONE = '?alone';

/** Whether what a file loads when it is needed gets copies: the command and tables do as they like with what they have. */
const copied = (file) => !['src/cli', 'src/table'].some((room) => file.startsWith(path.join(root, room, path.sep)));

/** Copies of what entries beside the core, which consist of these files, have in common with it. */
function copiesBeside(core, files) {
  const shared = new Set(ONE_FOR_ALL.map((file) => path.join(root, file)));
  // Other entries have these, too; the core has not.
  const others = ['bindings/carried.ts', 'bindings/text.ts'].map((file) => path.join(root, file));
  const common = new Set([...core, ...others].filter((file) => files.has(file) && !shared.has(file)));
  return {
    name: 'copies beside the core',
    async resolveId(source, importer, { kind }) {
      if (source.endsWith(BESIDE)) {
        const { id } = await this.resolve(source.slice(0, -BESIDE.length), importer);
        return { id: id + BESIDE };
      }
      if (!importer || !source.startsWith('.') || kind === 'dynamic-import') return null;
      const from = importer.endsWith(BESIDE) ? importer.slice(0, -BESIDE.length) : importer;
      if (from === importer && (common.has(from) || !files.has(from))) return null;
      const found = await this.resolve(source, from, { skipSelf: true });
      return found && common.has(found.id) ? { id: found.id + BESIDE } : found;
    },
    async load(id) {
      if (!id.endsWith(BESIDE)) return null;
      return { code: await readFile(id.slice(0, -BESIDE.length), 'utf8'), moduleType: 'ts', moduleSideEffects: false };
    },
  };
}

/** Copies of all that an entry alone consists of, but for what has to be one for all, and texts of binaries. */
function copiesAlone() {
  const shared = new Set(ONE_FOR_ALL.map((file) => path.join(root, file)));
  const build = path.join(root, 'build', path.sep);
  return {
    name: 'copies for entries alone',
    async resolveId(source, importer) {
      const isEntry = source.endsWith(ALONE);
      if (!isEntry && !(importer?.endsWith(ALONE) && source.startsWith('.'))) return null;
      const from = importer.endsWith(ALONE) ? importer.slice(0, -ALONE.length) : importer;
      const found = await this.resolve(isEntry ? source.slice(0, -ALONE.length) : source, from, { skipSelf: true });
      if (!found || found.external || shared.has(found.id) || found.id.startsWith(build)) return found;
      return { id: found.id + ALONE };
    },
    async load(id) {
      if (!id.endsWith(ALONE)) return null;
      return { code: await readFile(id.slice(0, -ALONE.length), 'utf8'), moduleType: 'ts', moduleSideEffects: false };
    },
  };
}

function copies(core) {
  return {
    name: 'copies for parts',
    async resolveId(source, importer, { kind }) {
      if (!importer || !source.startsWith('.') || !ours(importer)) return null;
      const [from, isCopy] = importer.endsWith(COPY) ? [importer.slice(0, -COPY.length), true] : [importer, false];
      const found = await this.resolve(source, from, { skipSelf: true });
      if (
        !found ||
        found.external ||
        found.id.endsWith(BESIDE) ||
        core.has(found.id) ||
        found.id.startsWith(path.join(root, 'build')) ||
        !copied(from)
      )
        return found;
      return isCopy || kind === 'dynamic-import' ? { id: found.id + COPY } : found;
    },
    async load(id) {
      if (!id.endsWith(COPY)) return null;
      return { code: await readFile(id.slice(0, -COPY.length), 'utf8'), moduleType: 'ts', moduleSideEffects: false };
    },
  };
}

/** Bundles entries, by name, to chunks with their file names and code. */
export async function chunked(input, plugins) {
  const files = await Promise.all(Object.entries(FILES).map(async ([name, entries]) => ({ name, of: await closure(entries) })));
  const [{ of: core }] = files;
  const beside = await closure(BESIDE_THE_CORE);
  files.unshift({ name: 'base', of: await closure(ONE_FOR_ALL) });
  const bundle = await rolldown({
    input,
    cwd: root,
    platform: 'neutral',
    external: /^@tensorflow\//,
    resolve: { mainFields: ['module', 'main'], conditionNames: ['import', 'node', 'default'] },
    plugins: [copiesAlone(), copiesBeside(core, beside), ...plugins, copies(core)],
    preserveEntrySignatures: 'allow-extension',
    optimization: { inlineConst: false }, // or each file that mentions a binary's text has a copy of it
    treeshake: { moduleSideEffects: (id) => (ours(id) ? id.endsWith('src/cli/builtins.ts') : undefined) },
  });
  const groups = files.map(({ name, of }, i) => ({
    name,
    priority: files.length - i,
    test: (id) => of.has(id),
    includeDependenciesRecursively: false,
  }));
  const { output } = await bundle.generate({
    format: 'esm',
    // What CommonJS imports as well has a name that it knows.
    chunkFileNames: ({ name }) => (name === 'parquet.text' ? 'chunks/[name].js' : 'chunks/[name]-[hash].js'),
    codeSplitting: { groups },
  });
  return output;
}

/** Whether a module is the library's own, which do nothing when they are imported. */
const ours = (id) => ['src', 'bindings', 'build'].some((floor) => id.startsWith(path.join(root, floor, path.sep)));
