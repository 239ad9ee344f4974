// Either form of JSON, whichever line wrote it.

import { type Saved, fail, fields } from './saved.js';
import { readV1 } from './v1/json.js';
import { readV2 } from './v2/json.js';

/** Whether layers list their weights, as 2.x writes them. 1.x names units. */
function isV2(json: Record<string, unknown>): boolean {
  if (typeof json.inputLookup === 'boolean' || typeof json.outputLookup === 'boolean') return false;
  if (typeof json.type === 'string' || 'options' in json) return true;
  const layer: unknown = Array.isArray(json.layers) ? json.layers.at(-1) : undefined;
  return typeof layer === 'object' && layer !== null && 'weights' in layer && Array.isArray(layer.weights);
}

/**
 * What a file says.
 * @throws ModelFileError where it is not whole, or has keys that would pollute
 */
export function read(json: unknown): Saved {
  if (typeof json === 'string') fail('the network', json, 'what JSON.parse makes of it');
  const given = fields('the network', json);
  if (typeof given.type === 'string' && !/^NeuralNetwork(GPU)?$/.test(given.type)) {
    fail('type', given.type, "'NeuralNetwork': recurrent and other networks need brain.js itself");
  }
  return isV2(given) ? readV2(given) : readV1(given);
}
