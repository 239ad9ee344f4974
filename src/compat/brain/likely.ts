// The output that is largest.

/** Whatever runs: a network of either line, or what `toFunction` makes. */
export interface ILikelyNet<InputType, OutputType> {
  run: (input: InputType) => OutputType;
}

/**
 * The key, or the index as a string, of the largest output; null where none is above −1, or a network of 1.x has not been
 * trained. brain.js's types say that it is all of the outputs: programs written for either compile.
 */
export function likely<
  // biome-ignore lint/suspicious/noExplicitAny: as brain.js's types have it
  NetworkType extends ILikelyNet<any, any>,
>(input: Parameters<NetworkType['run']>[0], net: NetworkType): (string & ReturnType<NetworkType['run']>) | null {
  if (!net) {
    throw new TypeError(`Required parameter 'net' is of type ${typeof net}. Must be of type 'brain.NeuralNetwork'`);
  }
  let found: string | null = null;
  let most = -1;
  for (const [key, value] of Object.entries((net.run(input) ?? {}) as Record<string, number>)) {
    if (typeof value === 'number' && value > most) {
      found = key;
      most = value;
    }
  }
  return found as (string & ReturnType<NetworkType['run']>) | null;
}
