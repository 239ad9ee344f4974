// What an import of a binary is, in runtimes that have it.

declare module '*.wasm' {
  const module: WebAssembly.Module;
  export default module;
}
