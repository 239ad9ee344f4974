// Numbers that users see and assign to: views of the network's memory, layer by layer.

import { EfficientBackpropError } from '../../runtime/errors.js';

/** A vector a layer, or its rows. */
export type Nested = ArrayLike<number> | readonly Nested[] | undefined;

const isNumbers = (views: Nested): views is Float32Array => ArrayBuffer.isView(views);

/** @throws where `values` has not the shape of `views` */
function requireShape(name: string, views: Nested, values: Nested): void {
  if (views === undefined) return;
  if (values === undefined || values === null || values.length !== views.length) {
    throw new EfficientBackpropError(
      `${name}: ${values?.length ?? 'nothing'} in the place of ${views.length} elements; the sizes of a network stay`,
    );
  }
  if (isNumbers(views)) return;
  for (let i = 0; i < views.length; i++) requireShape(`${name}[${i}]`, views[i] as Nested, values[i] as Nested);
}

function copy(views: Nested, values: Nested): void {
  if (views === undefined) return;
  if (isNumbers(views)) views.set(values as ArrayLike<number>);
  else for (let i = 0; i < views.length; i++) copy(views[i] as Nested, (values as readonly Nested[])[i]);
}

/** Copies what users assign to where the views look; all of it, or nothing. */
export function assign(name: string, views: Nested, values: Nested): void {
  requireShape(name, views, values);
  copy(views, values);
}
