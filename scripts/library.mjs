// The library as it is shipped: ES modules for bundlers, Node.js and pages alike, and CommonJS. And the command, which is made of
// the same modules.

import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire, isBuiltin } from 'node:module';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { minify } from 'terser';
import { atOnce, root } from './steps.mjs';

/**
 * What others import, by the name under which they do, where `index` is the package itself: its source, whether it has a
 * default export, and whether it holds the binary that learns pattern by pattern.
 * package.json has an entry of `exports` and one or two of `sideEffects` for each.
 */
export const ENTRIES = {
  index: { source: 'src/index.ts' },
  brain: { source: 'src/compat/brain/index.ts', hasDefault: true, patterns: true },
  'brain/v1': { source: 'src/compat/brain/v1/index.ts', hasDefault: true, patterns: true },
};

const common = { bundle: true, target: 'es2022', logLevel: 'warning', legalComments: 'none', minifySyntax: true, write: false };

/** Entries that say where binaries come from: `KIND/NAME`, by bindings/binaries.KIND.ts. */
const entries = {
  name: 'entries',
  setup(build) {
    build.onResolve({ filter: /^entry:/ }, ({ path: entry }) => ({ path: entry.slice('entry:'.length), namespace: 'entry' }));
    build.onLoad({ filter: /./, namespace: 'entry' }, ({ path: entry }) => {
      const [, kind, name] = /^(\w+)\/(.*)$/.exec(entry);
      const { source, hasDefault, patterns } = ENTRIES[name];
      const contents = [
        `import { provide } from './bindings/binaries.${kind}.js';`,
        'provide();',
        `export * from './${source}';`,
      ];
      if (hasDefault) contents.push(`export { default } from './${source}';`);
      if (patterns && kind === 'modules')
        contents.unshift("import { provide as providePatterns } from './bindings/patterns.modules.js';", 'providePatterns();');
      return { contents: contents.join('\n'), resolveDir: root };
    });
    build.onResolve({ filter: /\.wasm$/ }, ({ path: file }) => ({ path: `../wasm/${path.basename(file)}`, external: true }));
  },
};

/** Packages that are CommonJS, in ES modules: what they require of Node.js is there, since src/cli/builtins.ts comes first. */
const builtins = {
  name: 'builtins',
  setup(build) {
    build.onResolve({ filter: /^[^.]/ }, ({ path: name, kind }) => {
      if (!isBuiltin(name)) return undefined;
      return kind === 'require-call' ? { path: name, namespace: 'builtin' } : { path: name, external: true };
    });
    build.onLoad({ filter: /./, namespace: 'builtin' }, ({ path: name }) => ({
      contents: `module.exports = process.getBuiltinModule('${name}');`,
    }));
  },
};

/** Chunks that others import for nothing but to be there: no module of ours does anything when it is imported. */
const BARE = /^import "\.[^"]*\/chunk-\w+\.js";\n/gm;

/** Gives classes their names back: esbuild makes `var Name = class`, and `class _Name` of those that name themselves. */
function withNames(text) {
  const own = new Set();
  const named = text.replace(/\b([A-Z]\w*) = class (_\1 )?(?=extends\b|\{)/g, (_, name, again) => {
    if (again) own.add(name);
    return `${name} = class ${name} `;
  });
  return named.replace(/\b_([A-Z]\w*)\b/g, (word, name) => (own.has(name) ? name : word));
}

/** Writes what esbuild made, with short names for all but classes, which people read in consoles. */
async function written(built, settings) {
  const { outputFiles } = await built;
  await atOnce(
    outputFiles.map(({ path: file, text }) => async () => {
      const mangle = { keep_classnames: true };
      const { code } = await minify(withNames(text.replace(BARE, '')), {
        ...settings,
        compress: false,
        mangle,
        format: { preserve_annotations: true },
      });
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, code);
    }),
    1,
  );
}

/** ES modules: each entry, once more for workerd; the command; chunks of what they share and of what loads when it is needed. */
function modules() {
  const names = Object.keys(ENTRIES);
  return written(
    esbuild.build({
      ...common,
      format: 'esm',
      splitting: true,
      platform: 'neutral',
      entryPoints: {
        ...Object.fromEntries(names.map((name) => [name, `entry:text/${name}`])),
        ...Object.fromEntries(names.map((name) => [`workerd/${name}`, `entry:modules/${name}`])),
        cli: 'src/cli/main.ts',
      },
      outdir: 'dist',
      chunkNames: 'chunks/[name]-[hash]',
      mainFields: ['module', 'main'],
      conditions: ['node'],
      plugins: [entries, builtins],
    }),
    { module: true },
  );
}

/** CommonJS: all entries in one file, so that they share a memory and threads; for each a file to require and one to import. */
async function commonJs() {
  const names = Object.keys(ENTRIES);
  const contents = names.map((name) => `export * as '${name}' from 'entry:files/${name}';`).join('\n');
  const built = esbuild.build({
    ...common,
    stdin: { contents, resolveDir: root },
    format: 'cjs',
    platform: 'node',
    outfile: 'dist/cjs/all.cjs',
    define: { REQUIRE: 'require' },
    plugins: [entries],
  });
  await written(built, { toplevel: true });
  const all = createRequire(import.meta.url)('../dist/cjs/all.cjs');
  for (const name of names) {
    const up = '../'.repeat(name.split('/').length - 1) || './';
    const exported = Object.keys(all[name]);
    const given = [`export const { ${exported.filter((key) => key !== 'default').join(', ')} } = all['${name}'];`];
    if (exported.includes('default')) given.push(`export default all['${name}'].default;`);
    // One by one, so that tools which read the file, and do not run it, see them.
    const required = exported.map((key) => `exports.${key} = all.${key};`);
    required.unshift(
      `const all = require('${up}all.cjs')['${name}'];`,
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

/** Writes all of it to dist/. */
export async function bundle() {
  await Promise.all([modules(), commonJs(), bench()]);
}
