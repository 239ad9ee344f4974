// `efficient-backprop/tfjs`: for users of TensorFlow.js, which it never imports.

export { DataError, ModelFileError, OptionError, UnsupportedError } from '../../runtime/errors.js';
export { type AccelerateOptions, type Accelerated, type MoreFitArgs, accelerate, fitLayersModel } from './accelerate.js';
export { type FromTfjsOptions, fromTfjsArtifacts } from './artifacts/read/read.js';
export type {
  TfjsArtifacts,
  TfjsFiles,
  TfjsInput,
  TfjsModelJSON,
  TfjsQuantization,
  TfjsReadable,
  TfjsWeightSpec,
} from './artifacts/types.js';
export { type TfjsFileOptions, type TfjsOptions, toTfjsArtifacts, toTfjsFiles } from './artifacts/write.js';
export { type EarlyStoppingOptions, earlyStopping } from './early-stopping.js';
