// What TypeScript knows of the package: the types of models and of what they predict, of data in chunks, of snippets in README
// and docs, and what editors show.

import { readdirSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import * as library from '../src/index.js';
import { blocksOf, snippetsOf } from './snippets.js';

/** Programs beside the package, which TypeScript looks for in dist/. */
const folder = path.resolve('test/programs');

const OPTIONS: ts.CompilerOptions = {
  noEmit: true,
  strict: true,
  exactOptionalPropertyTypes: true,
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  moduleDetection: ts.ModuleDetectionKind.Force,
  types: ['node'],
};

/** Equal where types are the same, and not only assignable. */
const SAME = `
  import type * as library from 'efficient-backprop';
  type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
  declare function same<A, B>(yes: Same<A, B>): void;
  interface House { size: number; city: string }
  declare const houses: readonly House[];
  declare const X: number[][];`;

const MODELS = `${SAME}
    import { Classifier, Network, Regressor, loadModel } from 'efficient-backprop';

    const model = await loadModel('a file');
    if (model.kind === 'classifier') same<ReturnType<typeof model.predict>, library.Label[]>(true);
    else if (model.kind === 'regressor') same<ReturnType<typeof model.predict>, (number | number[])[]>(true);
    else same<typeof model, Network>(true);
    if (model instanceof Regressor) same<(typeof model)['kind'], 'regressor'>(true);

    const loaded = [await Classifier.load<'a' | 'b'>('a file'), await Regressor.load<number>('a file'), await Network.load('a file')] as const;
    same<ReturnType<(typeof loaded)[0]['predict']>, ('a' | 'b')[]>(true);
    same<ReturnType<(typeof loaded)[1]['predict']>, number[]>(true);

    const price = (await Regressor.fit(houses, [1.2])).predict(houses);
    same<typeof price, number[]>(true);
    const typed = (await Regressor.fit(X, Float64Array.of(1.2))).predict(X);
    same<typeof typed, number[]>(true);
    const several = (await Regressor.fit(houses, [[1.2, 3]])).predict(houses);
    same<typeof several, number[][]>(true);
    const shaped = (await Regressor.fit(X, { data: [1], shape: [1, 1] })).predict(X);
    same<typeof shaped, number[][]>(true);
    const begun = new Regressor();
    await begun.fit(houses, [1.2]);
    await begun.partialFit(houses, [1.2]);
    same<ReturnType<typeof begun.predict>, number[]>(true);
    const wide = new Regressor<number[]>();
    await wide.fit(houses, [[1.2]]);
    same<ReturnType<typeof wide.predict>, number[][]>(true);
    declare const net: Network;
    same<number | undefined, ReturnType<typeof net.evaluate>['accuracy']>(true);
    // @ts-expect-error: predictions would not be single
    await begun.fit(houses, [[1.2]]);`;

const LABELS = `${SAME}
    import { Classifier } from 'efficient-backprop';
    type Species = 'setosa' | 'virginica';
    const species: Species[] = ['setosa'];
    const strings: string[] = ['setosa'];
    const a = (await Classifier.fit(houses, species)).predict(houses);
    same<typeof a, Species[]>(true);
    const written = await Classifier.fit(houses, ['yes', 'no']);
    same<typeof written.classes, readonly ('yes' | 'no')[]>(true);
    written.evaluate(houses, strings);
    await written.partialFit(houses, strings);
    const b = (await Classifier.fit(houses, strings)).predict(houses);
    same<typeof b, string[]>(true);
    const c = new Classifier({ classes: ['yes', 'no'] });
    same<ReturnType<typeof c.predict>, ('yes' | 'no')[]>(true);
    const d = (await Classifier.fit(houses, ['yes'], { classes: ['yes', 'no', 'perhaps'] })).predict(houses);
    same<typeof d, ('yes' | 'no' | 'perhaps')[]>(true);
    const e = (await Classifier.fit(X, [true, false])).predict(X);
    same<typeof e, boolean[]>(true);
    const any: Classifier = written;`;

const CHUNKS = `${SAME}
    import { Classifier, Regressor, type Network } from 'efficient-backprop';
    declare const net: Network;
    async function* numbers() {
      yield [X, [3]];
    }
    await net.fit(numbers, { epochs: 2, validation: [X, [3]] });
    await net.partialFit(numbers());
    await net.fit(async function* () {
      yield [{ data: [1, 2], shape: [1, 2] }, [3]];
    });
    declare const labels: ('a' | 'b')[];
    async function* named() {
      yield [houses, labels];
    }
    const model = await Classifier.fit(named, { seed: 1 });
    await model.evaluateChunks(named);
    same<ReturnType<typeof model.predict>, ('a' | 'b')[]>(true);
    const own = await Classifier.fit(async function* () {
      yield [houses, ['yes', 'no']];
    });
    const words: string[] = own.predict(houses);
    const price = await Regressor.fit(async function* () {
      yield [houses, [3]];
    });
    const prices: number[] = price.predict(houses);`;

const names = Object.keys(library);
const HOVERED = `import { ${names.join(', ')} } from 'efficient-backprop';\n${names.map((name) => `${name};`).join('\n')}\n`;

/** Documents whose snippets are each a program of its own. */
const APART = ['docs/brain.md', 'docs/tfjs.md', 'docs/tfjs-backend.md', 'docs/levenberg-marquardt.md'];

const documents = ['README.md', ...readdirSync('docs').map((name) => `docs/${name}`)].filter(
  (name) => name.endsWith('.md') && blocksOf(name).length > 0,
);
const SNIPPETS = documents.flatMap((name) =>
  APART.includes(name)
    ? blocksOf(name).map((block, i) => [`${name}.${i}.ts`, block] as const)
    : [[`${name}.ts`, snippetsOf(name)] as const],
);

const fileOf = (name: string) => path.join(folder, name.replaceAll('/', '-'));

const files = new Map([
  ...[['models.ts', MODELS], ['labels.ts', LABELS], ['chunks.ts', CHUNKS], ['hover.ts', HOVERED], ...SNIPPETS].map(
    ([name, text]) => [fileOf(name!), text!] as const,
  ),
]);

/** What the compiler does with all of them; the package's types are those that were built. */
const service = ts.createLanguageService({
  getScriptFileNames: () => [...files.keys()],
  getScriptVersion: () => '1',
  getScriptSnapshot: (file) => {
    const text = files.get(file) ?? ts.sys.readFile(file);
    return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
  },
  getCurrentDirectory: () => folder,
  getCompilationSettings: () => OPTIONS,
  getDefaultLibFileName: ts.getDefaultLibFilePath,
  fileExists: (file) => files.has(file) || ts.sys.fileExists(file),
  readFile: (file) => files.get(file) ?? ts.sys.readFile(file),
  directoryExists: ts.sys.directoryExists,
  getDirectories: ts.sys.getDirectories,
  realpath: ts.sys.realpath!,
});

/** What the compiler has against a file. */
function mistakesIn(name: string): string[] {
  const file = service.getProgram()!.getSourceFile(fileOf(name))!;
  return [...service.getSyntacticDiagnostics(file.fileName), ...service.getSemanticDiagnostics(file.fileName)].map((mistake) => {
    const line = file.getLineAndCharacterOfPosition(mistake.start!).line + 1;
    return `${line}: ${ts.flattenDiagnosticMessageText(mistake.messageText, '\n').split('\n')[0]}`;
  });
}

test('there are snippets', () => expect(documents.length).toBeGreaterThan(8));

test.each(SNIPPETS)('the snippets of %s compile under strict', (name) => {
  expect(mistakesIn(name)).toEqual([]);
});

test('what models are and predict is known', () => {
  expect(mistakesIn('models.ts')).toEqual([]);
});

test('labels stay what they are', () => {
  expect(mistakesIn('labels.ts')).toEqual([]);
});

test('chunks are [X, Y] without more ado', () => {
  expect(mistakesIn('chunks.ts')).toEqual([]);
});

test('editors show no internals', () => {
  for (const name of names) {
    const at = HOVERED.indexOf(`\n${name};`) + 1;
    const shown = ts.displayPartsToString(service.getQuickInfoAtPosition(fileOf('hover.ts'), at)!.displayParts);
    expect(shown, name).not.toMatch(/Field<|Checked<|___|\$1|import\(/);
    expect(shown.length, shown).toBeLessThan(800);
  }
});
