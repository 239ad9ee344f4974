// How the columns of a Classifier or Regressor become the inputs of a standard model, and the map that its first layer takes
// over.

import type { ColumnSpec } from '../../../data/column-spec.js';
import type { Scaling } from '../../../data/spread.js';
import type { Inputs } from '../../../estimators/inputs.js';
import { UnsupportedError } from '../../../runtime/errors.js';
import type { InputMap } from './fold.js';
import type { TfjsInput } from './types.js';

/** An input, and its scaling; none where the network does not see it. */
interface Fed {
  readonly input: TfjsInput;
  readonly scaling: Scaling | undefined;
}

type Varying = Exclude<ColumnSpec, { kind: 'dropped' }>;

/** What a column is beside plain numbers; undefined where it is nothing else. */
function peculiar(spec: ColumnSpec): string | undefined {
  if (spec.kind === 'category') return 'has categories';
  if (spec.kind === 'dropped') return undefined;
  if (spec.kind === 'date') return 'holds dates';
  if (spec.squash) return 'is drawn in, since it has a long tail';
  if (spec.limits) return 'is held to limits, since some values lay far outside of the others';
  if (spec.sentinels) return 'has values that stand for missing cells';
  return spec.indicator && 'has an input that says where cells are missing';
}

function fedBy(spec: Varying): Fed[] {
  const column = spec.name;
  const gaps: Fed[] = spec.indicator ? [{ input: { column, isMissing: true }, scaling: spec.indicator }] : [];
  if (spec.kind === 'category') {
    const each = spec.categories.map((category, i) => ({ input: { column, category }, scaling: spec.scalings[i] }));
    return [...each, ...gaps];
  }
  const { kind, mean, limits, sentinels, squash } = spec;
  const { low, high } = limits ?? {};
  const input: TfjsInput = {
    column,
    ...(kind === 'date' && { date: true as const }),
    ...(limits && { limits: { ...(low !== undefined && { low }), ...(high !== undefined && { high }) } }),
    ...(sentinels && { sentinels: sentinels.map(({ value }) => value) }),
    ...(squash && { squash: { centre: squash.centre, scale: squash.scale } }),
    missing: mean,
  };
  return [{ input, scaling: spec }, ...gaps];
}

/**
 * The inputs in their order, and how they become the network's.
 * @param prepared whether the caller prepares rows as the inputs say; else columns must be plain numbers
 * @throws UnsupportedError that names the column
 */
export function standardInputs(inputs: Inputs, prepared: boolean): { inputs: TfjsInput[]; map: InputMap } {
  const { named, columns } = inputs.document().encoder;
  const odd = prepared ? undefined : columns.find((spec) => peculiar(spec));
  if (odd) {
    throw new UnsupportedError(
      `toTfjsArtifacts: column ${JSON.stringify(odd.name)} ${peculiar(odd)}, which is not a layer of TensorFlow.js. With { prepared: true } ` +
        'the model takes rows that you prepare as its userDefinedMetadata says',
    );
  }
  const fed = columns.flatMap((spec): Fed[] => {
    if (spec.kind !== 'dropped') return fedBy(spec);
    // Rows of numbers keep their shape.
    return named ? [] : [{ input: { column: spec.name, unused: true }, scaling: undefined }];
  });
  return {
    inputs: fed.map(({ input }) => input),
    map: { scalings: fed.map(({ scaling }) => scaling), turning: inputs.turning },
  };
}
