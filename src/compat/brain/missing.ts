// Names of brain.js that this library has nothing for: whoever uses one is told so, and where to go.

import { UnsupportedError } from '../../runtime/errors.js';

/** How to get brain.js itself, of the line that has the name. */
const REMEDIES = {
  brain: (name: string) => `npm install brain.js@2.0.0-beta.24; import { ${name} } from 'brain.js'`,
  'brain/v1': (name: string) => `npm install brain.js@1.6.1; import brain from 'brain.js', and use brain.${name}`,
};

type Entry = keyof typeof REMEDIES;

/** What is thrown in the place of `name`. */
function refusal(entry: Entry, name: string): UnsupportedError {
  return new UnsupportedError(
    `efficient-backprop/${entry} has no ${name}: it has brain.js's feed-forward NeuralNetwork, and what goes with it. ` +
      `For ${name}, keep brain.js beside it: ${REMEDIES[entry](name.split('.')[0]!)}`,
  );
}

/** What programs may ask any function for without using it. */
const ASKED = new Set(['prototype', 'name', 'length', 'then', 'toJSON', 'apply', 'call', 'bind', 'constructor']);

/** A function or class that throws when it is called, or made an object of, or asked for a method. */
// biome-ignore lint/suspicious/noExplicitAny: it stands for classes and functions of any kind
export function missing(entry: Entry, name: string): any {
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

/** A collection of such. Other names are not in it, as they are not in brain.js's. */
// biome-ignore lint/suspicious/noExplicitAny: it stands for collections of any kind
export function missingCollection(entry: Entry, name: string, members: string): any {
  return Object.fromEntries(members.split(' ').map((member) => [member, missing(entry, `${name}.${member}`)]));
}

/** Both lines' recurrent networks. */
export const RECURRENT = 'RNNTimeStep LSTMTimeStep GRUTimeStep RNN LSTM GRU';
