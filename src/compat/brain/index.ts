// 'efficient-backprop/brain': what brain.js 2.x exports. docs/brain.md says what is the same, and what is not.
// The default export holds it all once more, types included, for programs that import `brain` and write `brain.NeuralNetwork`.

export * from './exports.js';
export * as default from './exports.js';
