// What may import what: `npm run check` fails at an arrow that runs up.

/** Floors, from the bottom up: a floor imports itself and those below. What the build generates in build/ belongs to no floor. */
const FLOORS = ['assembly', 'bindings', 'src'];

/** The same of assembly/. */
const KERNELS = [
  'real.d.ts',
  'codes.ts',
  'extent.ts',
  'vec.ts',
  'addresses.ts',
  'reader',
  'kernels',
  'activations',
  'losses',
  'patterns',
  'layers',
  'orders',
  'rules',
  'passes',
  'tensors',
  'curvature',
  'steps',
  'tasks',
  'common.ts',
  'index.ts',
  'float64.ts',
  'patterns.ts',
  'squares.ts',
  'tensors.ts',
  'reader.ts',
];

/** Rooms of src/, from the bottom up: a room imports itself and rooms before it. A new room goes where its imports allow. */
const ROOMS = [
  'runtime',
  'layers',
  'solve',
  'eigen',
  'data',
  'plan',
  'evaluation',
  'metrics',
  'rates',
  'objective',
  'curvature',
  'start',
  'methods',
  'training',
  'format',
  'network',
  'estimators',
  'validate',
];

/** What is built on the whole library: the public names, and those who use them as anybody could. */
const TOP = ['load-model.ts', 'index.ts', 'compat', 'table', 'bench', 'cli'];

const within = (base, names) => names.map((name) => (name.endsWith('.ts') ? `^${base}${name}$` : `^${base}${name}/`));

/** A rule for each of `names`, which lie in `base`: it imports nothing of what comes after it. */
function upwards(base, names, comment) {
  const paths = within(base, names);
  return names.slice(0, -1).map((name, i) => ({
    name: `${base}${name}: nothing above`,
    comment,
    severity: 'error',
    from: { path: paths[i] },
    to: { path: paths.slice(i + 1) },
  }));
}

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...upwards('', FLOORS, 'Dependencies run one way: assembly ← bindings ← src.'),
    ...upwards('assembly/', KERNELS, 'A room imports only rooms before it in the list of .dependency-cruiser.mjs.'),
    ...upwards('src/', [...ROOMS, ...TOP], 'A room imports only rooms before it in the list of .dependency-cruiser.mjs.'),
    {
      name: 'no room that nobody listed',
      comment: 'Every file of src/ lies in a room of the list in .dependency-cruiser.mjs.',
      severity: 'error',
      from: { path: '^src/', pathNot: within('src/', [...ROOMS, ...TOP]) },
      to: {},
    },
    {
      name: 'kernels are compiled, not imported',
      comment: 'TypeScript gets what it needs from assembly/ through what the build generates.',
      severity: 'error',
      from: { path: '^(bindings|src)/' },
      to: { path: '^assembly/' },
    },
    {
      name: 'no cycles',
      comment: 'Files that import each other, be it types only, are one file, or lack a third that both import.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no dependencies at run time',
      comment:
        'Only the command and tables are made of packages, which the build bundles, and a backend of tfjs needs tfjs. Types cost nothing.',
      severity: 'error',
      from: { path: '^(bindings|src)/', pathNot: '^src/(cli|table|compat/tfjs-backend)/' },
      to: { dependencyTypes: ['npm', 'npm-dev', 'npm-peer', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'imports resolve',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '^build/'] },
    tsPreCompilationDeps: true, // types are dependencies too
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.d.ts', '.js'] },
  },
};
