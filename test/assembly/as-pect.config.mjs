// Specs of the kernels' insides, compiled with them and run inside WebAssembly, once per binary:
//   npx asp --summary -c test/assembly/as-pect.config.mjs --as-config test/assembly/float32.asconfig.json
// or float64, float32.relaxed, ….

import '../relaxed-simd.mjs';

export default {
  entries: ['test/assembly/**/*.spec.ts'],
  include: [],
  disclude: [/node_modules/],
  async instantiate(memory, createImports, instantiate, binary) {
    return instantiate(binary, createImports({ env: { memory } }));
  },
  outputBinary: false,
};
