// Exported names without a doc comment: `node scripts/doc-comments.mjs` lists them, entry by entry. So hovers and the API
// reference say something of each.

import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { ENTRIES } from './library.mjs';
import { root } from './steps.mjs';

/** Names that an entry exports and nobody described, `entry: name (file)`. */
export function undescribed() {
  const { config } = ts.readConfigFile(path.join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  const sources = Object.entries(ENTRIES).map(([name, { source }]) => [name, path.join(root, source)]);
  // Names are found without the types of the language and of packages, which would take most of the time.
  const without = { ...options, noLib: true, types: [] };
  const host = ts.createCompilerHost(without);
  host.fileExists = (file) => !file.includes('node_modules') && ts.sys.fileExists(file);
  const program = ts.createProgram(
    sources.map(([, file]) => file),
    without,
    host,
  );
  const checker = program.getTypeChecker();
  return sources.flatMap(([name, file]) =>
    checker
      .getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)))
      .map((symbol) => ({ symbol, meant: symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol }))
      .filter(({ meant }) => meant.flags !== ts.SymbolFlags.ValueModule) // a default export that holds all others
      .filter(({ meant }) => meant.getDocumentationComment(checker).length === 0)
      .map(({ symbol, meant }) => {
        const declared = meant.declarations?.[0]?.getSourceFile().fileName ?? file;
        return `${name}: ${symbol.name} (${path.relative(root, declared)})`;
      }),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const names = undescribed();
  for (const name of names) console.log(name);
  if (names.length > 0) console.log(`${names.length} exported names have no doc comment`);
  process.exitCode = names.length > 0 ? 1 : 0;
}
