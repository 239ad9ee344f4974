// Names of brain.js that this library has nothing for: whoever uses one is told so, and where to go.

import { UnsupportedError } from '../../runtime/errors.js';

/** What is thrown in the place of `name`. */
function refusal(entry: string, name: string): UnsupportedError {
  return new UnsupportedError(
    `efficient-backprop/${entry} has no ${name}: it has brain.js's feed-forward NeuralNetwork, and what goes with it. ` +
      `For ${name}, keep brain.js beside it (npm install brain.js; import { ${name.split('.')[0]} } from 'brain.js')`,
  );
}

/** What programs may ask any function for without using it. */
const ASKED = new Set(['prototype', 'name', 'length', 'then', 'toJSON', 'apply', 'call', 'bind', 'constructor']);

/** A function or class that throws when it is called, or made an object of, or asked for a method. */
// biome-ignore lint/suspicious/noExplicitAny: it stands for classes and functions of any kind
export function missing(entry: string, name: string): any {
  // A declaration: an arrow function could not be called by `new`.
  function refused(): never {
    throw refusal(entry, name);
  }
  return new Proxy(refused, {
    get(target, key) {
      if (typeof key === 'symbol' || ASKED.has(key)) return Reflect.get(target, key);
      throw refusal(entry, name);
    },
  });
}

/** A collection of such. */
// biome-ignore lint/suspicious/noExplicitAny: it stands for collections of any kind
export function missingCollection(entry: string, name: string): any {
  return new Proxy(Object.create(null), {
    // What asks objects of what kind they are, such as await and console.log, is no user of the collection.
    get: (_, key) =>
      typeof key === 'symbol' || key === 'then' || key === 'toJSON' ? undefined : missing(entry, `${name}.${key}`),
  });
}
