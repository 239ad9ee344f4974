// The site: what its navigation shows. build.mjs fills pages/.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ENTRIES } from '../../scripts/library.mjs';
import { nameOf, sourceOf } from '../names.mjs';

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const { description, homepage, name, repository } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

/** Links to documents, by their headings. */
const documents = (...names) =>
  names.map((file) => ({
    text: /^# (.*)$/m.exec(readFileSync(path.join(root, 'docs', `${file}.md`), 'utf8'))[1].replaceAll('`', ''),
    link: `/docs/${file}`,
  }));

export default {
  title: name,
  description,
  base: new URL(homepage).pathname,
  srcDir: 'pages',
  outDir: 'dist',
  rewrites: { 'README.md': 'index.md' },
  cleanUrls: true,
  ignoreDeadLinks: [/\/(web|dist)\//], // of public/, which pages are not checked against
  vite: { build: { chunkSizeWarningLimit: 2000 } },
  themeConfig: {
    outline: [2, 3],
    search: { provider: 'local' },
    nav: [
      { text: 'Documents', link: '/docs/defaults' },
      { text: 'API reference', link: '/api/' },
      { text: 'Source', link: sourceOf(repository) },
    ],
    sidebar: [
      {
        text: 'Start',
        items: [{ text: 'Read me', link: '/' }, ...documents('defaults', 'table', 'command-line', 'model-files', 'runtimes')],
      },
      {
        text: 'Coming from',
        items: documents(
          'from-tensorflow',
          'tfjs',
          'tfjs-backend',
          'from-brain',
          'brain',
          'from-scikit-learn',
          'from-matlab',
          'levenberg-marquardt',
        ),
      },
      {
        text: 'Training',
        items: documents(
          ...[
            'network',
            'techniques',
            'activations-and-losses',
            'second-order',
            'training-data',
            'validation',
            'continuing',
            'threads',
          ],
        ),
      },
      {
        text: 'API reference',
        items: Object.keys(ENTRIES).map((entry) => ({ text: nameOf(entry), link: `/api/${nameOf(entry)}/` })),
      },
      {
        text: 'Evidence',
        items: [
          { text: 'Experiments', link: '/docs/experiments/README' },
          ...documents('performance', 'benchmarks'),
          { text: 'Measure this browser', link: '/web/bench.html', target: '_blank' },
        ],
      },
      {
        text: 'Inside',
        items: [
          { text: 'Contributing', link: '/CONTRIBUTING' },
          ...documents('architecture', 'mathematics', 'kernels', 'glossary', 'decisions'),
          { text: 'Changes', link: '/CHANGELOG' },
        ],
      },
    ],
  },
};
