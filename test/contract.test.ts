// What the package promises about itself: its names, its errors, and which part knows which.

import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import * as library from '../src/index.js';

/** Every name that can be imported. A change here is a change of the public interface, to be told in the CHANGELOG. */
const NAMES = [
  'Classifier',
  'DataError',
  'DisposedError',
  'EfficientBackpropError',
  'FileError',
  'GridSearch',
  'LoadError',
  'ModelFileError',
  'Network',
  'NotFittedError',
  'OptionError',
  'OutOfMemoryError',
  'RandomSearch',
  'Regressor',
  'UnsupportedError',
  'WorkerLostError',
  'adaGrad',
  'adaHessian',
  'adadelta',
  'adam',
  'adamW',
  'adamax',
  'autoRate',
  'batchNorm',
  'bfgs',
  'biasVariance',
  'conjugateGradient',
  'crossValidate',
  'curveFit',
  'dataset',
  'deltaBarDelta',
  'dense',
  'dropout',
  'emphasize',
  'gaussNewton',
  'gaussianNoise',
  'gdx',
  'growing',
  'histogram',
  'init',
  'initializers',
  'layerNorm',
  'lbfgs',
  'learningCurve',
  'leastSquares',
  'levenbergMarquardt',
  'lion',
  'loadModel',
  'minimize',
  'murata',
  'nadam',
  'newton',
  'normalize',
  'oneStepSecant',
  'partialDependence',
  'permutationImportance',
  'quickprop',
  'rbf',
  'rmsProp',
  'rprop',
  'scaledConjugateGradient',
  'schedules',
  'sgd',
  'sophia',
  'spectrumPicture',
  'stochasticDiagonalLM',
  'superSAB',
  'targets',
];

test('the public names', () => {
  expect(Object.keys(library).sort()).toEqual(NAMES);
  for (const value of Object.values(library)) expect(['function', 'object']).toContain(typeof value);
});

describe('errors', () => {
  const made: Record<string, () => Error> = {
    EfficientBackpropError: () => new library.EfficientBackpropError('what'),
    DataError: () => new library.DataError('what', 'why', { row: 1, column: 'c' }),
    DisposedError: () => new library.DisposedError('what'),
    FileError: () => new library.FileError('what', 'why'),
    LoadError: () => new library.LoadError('what', 'why'),
    ModelFileError: () => new library.ModelFileError('what'),
    NotFittedError: () => new library.NotFittedError('what'),
    OptionError: () => new library.OptionError('what', 1, 'why'),
    OutOfMemoryError: () => new library.OutOfMemoryError(1, 2),
    UnsupportedError: () => new library.UnsupportedError('what'),
    WorkerLostError: () => new library.WorkerLostError('what'),
  };

  const exported = new Map<string, unknown>(Object.entries(library));

  test('all are listed here', () => {
    expect(Object.keys(made).sort()).toEqual(NAMES.filter((name) => name.endsWith('Error')));
  });

  test.each(Object.entries(made))('%s is of the family, and has its name', (name, make) => {
    const error = make();
    expect(error).toBeInstanceOf(library.EfficientBackpropError);
    expect(error).toBeInstanceOf(Error);
    expect(error.constructor).toBe(exported.get(name));
    expect(error.name).toBe(name);
    expect(error.message.length).toBeGreaterThan(3);
    expect(error.stack).toContain(name);
  });
});

describe('one direction of dependency', () => {
  const sources = (folder: string): string[] =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
      .map((file) => path.join(folder, file));

  interface Import {
    readonly from: string;
    /** A path from the root for files, a name for packages. */
    readonly to: string;
    readonly types: boolean;
  }

  const imports = (file: string): Import[] => {
    const text = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
    const found: Import[] = [];
    const add = (to: string, types: boolean) =>
      found.push({ from: file, to: to.startsWith('.') ? path.join(path.dirname(file), to) : to, types });
    for (const [, type, to] of text.matchAll(/^(?:import|export)\s+(type\s)?[^;]*?from\s+['"]([^'"]+)['"]/gm)) add(to!, !!type);
    for (const [, to] of text.matchAll(/^import\s+['"]([^'"]+)['"]/gm)) add(to!, false);
    for (const [, to] of text.matchAll(/(?<!typeof )import\(\s*['"]([^'"]+)['"]/g)) add(to!, false);
    return found;
  };

  const inside = (file: string, folder: string) => file.startsWith(`${folder}${path.sep}`);
  const all = (folder: string) => sources(folder).flatMap(imports);

  test('the reader of imports reads', () => {
    expect(all('bindings')).toContainEqual({
      from: path.join('bindings', 'binaries.text.ts'),
      to: path.join('build', 'common.relaxed.text.js'),
      types: false,
    });
    expect(all('src').length).toBeGreaterThan(100);
  });

  test('assembly knows assembly', () => {
    expect(all('assembly').filter(({ to }) => !inside(to, 'assembly'))).toEqual([]);
  });

  test('bindings know bindings and what the compiler made', () => {
    expect(all('bindings').filter(({ to }) => !inside(to, 'bindings') && !inside(to, 'build'))).toEqual([]);
  });

  test('the library knows itself, bindings and the codes of the kernels: no package, no module of Node.js, no command', () => {
    const library = all('src').filter(({ from }) => !inside(from, path.join('src', 'cli')));
    const codes = path.join('build', 'codes.js');
    // What adds a backend to TensorFlow.js asks for it; what trains its models knows its types.
    const backend = path.join('src', 'compat', 'tfjs-backend');
    const peer = ({ from, to, types }: Import) => to.startsWith('@tensorflow/') && (types || inside(from, backend));
    // Formats of files are read by packages, which the build puts into the chunks of tables alone.
    const formats = path.join('src', 'table', 'formats');
    const readers = ['papaparse', 'hyparquet', 'hyparquet-compressors', 'fzstd', path.join('build', 'parquet.text.js')];
    const reader = ({ from, to }: Import) => inside(from, formats) && readers.some((name) => to === name || inside(to, name));
    const own = ({ to }: Import) => inside(to, 'src') || inside(to, 'bindings') || to === codes;
    expect(library.filter((each) => !own(each) && !peer(each) && !reader(each))).toEqual([]);
    expect(library.filter(({ to }) => inside(to, path.join('src', 'cli')))).toEqual([]);
    // Benchmarks are given the library; it knows nothing of them.
    const benchmarks = path.join('src', 'bench');
    expect(library.filter(({ from, to }) => !inside(from, benchmarks) && inside(to, benchmarks))).toEqual([]);
    expect(
      library.filter(({ from, to, types }) => inside(from, benchmarks) && inside(to, 'src') && !types && !inside(to, benchmarks)),
    ).toEqual([]);
  });

  test('nobody goes in circles', () => {
    const edges = new Map<string, string[]>();
    for (const { from, to, types } of [...all('src'), ...all('bindings')]) {
      if (!types) edges.set(from, [...(edges.get(from) ?? []), to.replace(/\.js$/, '.ts')]);
    }
    const done = new Set<string>();
    const walk = (file: string, trail: readonly string[]): void => {
      if (trail.includes(file)) throw new Error(`a circle: ${[...trail.slice(trail.indexOf(file)), file].join(' → ')}`);
      if (done.has(file)) return;
      for (const next of edges.get(file) ?? []) walk(next, [...trail, file]);
      done.add(file);
    };
    for (const file of edges.keys()) walk(file, []);
    expect(done.size).toBeGreaterThan(20);
  });
});
