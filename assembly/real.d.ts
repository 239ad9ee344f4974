/**
 * The precision a binary is compiled for: `asc --use real=f32` or `real=f64` (asconfig.json's two targets).
 * One source, two binaries. This declaration is for editors only; the compiler never reads it.
 */
declare type real = f64;
