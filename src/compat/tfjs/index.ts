// `efficient-backprop/tfjs`: for users of TensorFlow.js, which it never imports.

export { UnsupportedError } from '../../../bindings/errors.js';
export { type AccelerateOptions, type Accelerated, type MoreFitArgs, accelerate, fitLayersModel } from './accelerate.js';
