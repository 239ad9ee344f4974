// The types of what is shipped: one file for each entry, once for ES modules and once for CommonJS.

import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';
import { ENTRIES } from './library.mjs';
import { run } from './steps.mjs';

/** What TypeScript 5.0 does not have by itself, nor later ones for every `lib`: as @types/node declares it. */
const SYMBOLS = `    interface SymbolConstructor {
        readonly dispose: unique symbol;
    }
`;

/** What programs without the types of pages or of Node.js lack: empty interfaces, which others' declarations add to. */
const ELSEWHERE = {
  AbortSignal: 'interface AbortSignal {}',
  Blob: 'interface Blob {}',
  ReadableStream: 'interface ReadableStream<R = any> {}',
  Response: 'interface Response {}',
  URL: 'interface URL {}',
  'WebAssembly.Module': 'namespace WebAssembly { interface Module {} }',
};

/** What the types of an entry need beside the language's own. */
function head(code) {
  const lacking = Object.entries(ELSEWHERE).filter(([name]) => code.includes(name));
  return `declare global {\n${SYMBOLS}${lacking.map(([, declared]) => `    ${declared}\n`).join('')}}\n`;
}

/** Arrays that are not over shared memory, which TypeScript before 5.7 cannot say: what it says of those that it makes. */
function forAnyVersion(code) {
  const used = new Set();
  const plain = code.replace(/\bBufferSource\b/g, 'ArrayBufferView | ArrayBuffer');
  const types = plain.replace(/\b([BIUF]\w+Array)<(\w+)>/g, (_, name, buffer) => {
    if (buffer !== 'ArrayBuffer') return name;
    used.add(name);
    return `Own${name}`;
  });
  return `${head(plain)}${[...used].map((name) => `type Own${name} = ReturnType<typeof ${name}.of>;\n`).join('')}${types}`;
}

/** Types of the package itself, in another entry: of classes there is one declaration, or compilers would see two. */
const PACKAGE = 'efficient-backprop';

/** Imports of src/index.ts by other entries lead to the package. */
const ofPackage = {
  name: 'of the package',
  resolveId(source, importer) {
    const file = importer && path.resolve(path.dirname(importer), source);
    return file === path.resolve('build/types/src/index.js') ? { id: PACKAGE, external: true } : null;
  },
};

/**
 * Writes dist/cjs/NAME.d.cts, which holds the types, and dist/NAME.d.ts, which takes them from there: an ES module may import a
 * CommonJS module, and not the other way round. A default export is the namespace of all others: compilers do not agree on
 * what the default of CommonJS is.
 */
export async function types() {
  await rm('build/types', { recursive: true, force: true });
  await run('tsc', ['-p', 'tsconfig.build.json']);
  for (const [name, { source, hasDefault }] of Object.entries(ENTRIES)) {
    const bundle = await rollup({ input: `build/types/${source.replace(/\.ts$/, '.d.ts')}`, plugins: [ofPackage, dts()] });
    const up = '../'.repeat(name.split('/').length - 1) || './';
    const { output } = await bundle.generate({ format: 'es', paths: { [PACKAGE]: `${up}index.cjs` } });
    const file = `dist/cjs/${name}.d.cts`;
    await mkdir(path.dirname(file), { recursive: true });
    const code = forAnyVersion(output[0].code);
    await writeFile(file, code);
    await mkdir(path.dirname(`dist/${name}`), { recursive: true });
    const types = `'${up}cjs/${name}.cjs'`;
    const all = hasDefault ? `import * as all from ${types};\nexport { all as default };\n` : '';
    await writeFile(`dist/${name}.d.ts`, `export * from ${types};\n${all}`);
  }
}
