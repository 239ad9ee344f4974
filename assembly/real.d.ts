/**
 * The precision a binary is compiled for: `asc --use real=f32` or `real=f64`. One source, two precisions, each in strict and in
 * relaxed SIMD: the four targets of asconfig.json. This declaration is for editors only; the compiler never reads it.
 */
declare type real = f64;
