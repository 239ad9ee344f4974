// Models as TensorFlow.js keeps them: what `model.save` hands to a handler, and the files that it writes.

/** How a weight's bytes become numbers again, where a converter has made them fewer: value·scale + min. */
export interface TfjsQuantization {
  dtype: 'uint8' | 'uint16' | 'float16';
  scale?: number;
  min?: number;
  original_dtype?: 'float32' | 'int32';
}

/** A weight among the bytes. */
export interface TfjsWeightSpec {
  name: string;
  shape: number[];
  dtype: 'float32' | 'int32' | 'bool' | 'string' | 'complex64';
  group?: 'model' | 'optimizer';
  quantization?: TfjsQuantization;
}

/** A model as `tf.io` passes it on: its `ModelArtifacts`. */
export interface TfjsArtifacts {
  modelTopology: object | ArrayBuffer;
  weightSpecs: TfjsWeightSpec[];
  /** The bytes of all weights, one after the other; in pieces where one array would be too large. */
  weightData: ArrayBuffer | ArrayBuffer[];
  format: string;
  generatedBy: string;
  convertedBy: string | null;
  trainingConfig?: {
    loss: string;
    metrics: string[];
    optimizer_config: { class_name: string; config: { [option: string]: number } };
  };
  userDefinedMetadata?: { [key: string]: object };
}

/** As much of a `ModelArtifacts` as a network is made of. */
export interface TfjsReadable {
  modelTopology?: object | ArrayBuffer | undefined;
  weightSpecs?: readonly object[] | undefined;
  weightData?: ArrayBuffer | readonly ArrayBuffer[] | undefined;
  trainingConfig?: object | undefined;
}

/** The files of a model: `model.json` as text, and those with weights as bytes, by their paths beside it. */
export interface TfjsFiles {
  [path: string]: string | Uint8Array<ArrayBuffer>;
}

/** The text of `model.json`, parsed. */
export interface TfjsModelJSON extends Omit<TfjsArtifacts, 'weightSpecs' | 'weightData'> {
  weightsManifest: { paths: string[]; weights: TfjsWeightSpec[] }[];
}

/** A layer in a topology, by Keras's names. */
export interface TopologyLayer {
  class_name: string;
  config: Record<string, unknown>;
}

/** What each input of a model made from a Classifier or Regressor is fed with. */
export interface TfjsInput {
  /** The column, by its name or its index. */
  column: string;
  /** The input is 1 where the column has this category, else 0. */
  category?: string;
  /** The input is 1 where the column's cell is missing, else 0. */
  isMissing?: true;
  /** What a missing cell is fed as. */
  missing?: number;
  /** Values are held between these first. */
  limits?: { low?: number; high?: number };
  /** Values that stand for a missing cell. */
  sentinels?: number[];
  /** The column is drawn in before it is fed: asinh((x − centre)/scale). */
  squash?: { centre: number; scale: number };
  /** A date, as milliseconds since 1970. */
  date?: true;
  /** The column did not vary in training: any number will do. */
  unused?: true;
}
