// `efficient-backprop/tfjs`: for users of TensorFlow.js, which it never imports.

export { UnsupportedError } from '../../../bindings/errors.js';
