// Makes Node 20 run relaxed SIMD, which later ones do by themselves.

import v8 from 'node:v8';

if (Number.parseInt(process.versions.node, 10) < 22) v8.setFlagsFromString('--experimental-wasm-relaxed-simd');
