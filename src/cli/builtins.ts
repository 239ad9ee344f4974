// Node.js before 20.16 has no `process.getBuiltinModule`, by which the library and the packages of the command find Node.js's
// modules.

import { createRequire } from 'node:module';

process.getBuiltinModule ??= createRequire(import.meta.url) as typeof process.getBuiltinModule;
