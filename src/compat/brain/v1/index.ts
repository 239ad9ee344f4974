// 'efficient-backprop/brain/v1': what brain.js 1.6 exports. docs/brain.md says what is the same, and what is not.
// The default export holds it all once more, types included, for programs that import `brain` and write `brain.NeuralNetwork`.

export * from './exports.js';
export * as default from './exports.js';
