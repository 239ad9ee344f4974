// The snippets of README and docs.

import { readFileSync } from 'node:fs';

/** A document's snippets, each by itself. */
export function blocksOf(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/```js\n([\s\S]*?)```/g)].map(([, block]) => block!);
}

/** A document's snippets, one after the other: what one declares, the next may use. */
export function snippetsOf(file: string): string {
  const imports = /^import \{(.*)\} from 'efficient-backprop';$/gm;
  const code = blocksOf(file).join('\n');
  const names = new Set([...code.matchAll(imports)].flatMap(([, list]) => list!.split(',').map((name) => name.trim())));
  return `import { ${[...names].join(', ')} } from 'efficient-backprop';\n${code.replace(imports, '')}`;
}
