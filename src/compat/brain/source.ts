// A network as the text of a function that needs no library. Whatever comes from data is written as a JSON literal, so that no
// key or number of a model can become code, nor end the script that the text stands in.

import { UnsupportedError } from '../../runtime/errors.js';
import type { PatternActivation } from './pattern-network.js';
import type { INumberHash } from './types.js';

/** What the text is made from. */
interface Described {
  readonly sizes: readonly number[];
  readonly weights: readonly (readonly ArrayLike<number>[])[];
  readonly biases: readonly ArrayLike<number>[];
  readonly inputLookup: INumberHash | null;
  readonly outputLookup: INumberHash | null;
}

/** Layers of up to so many weights are written out; others are a table and two loops. */
const WRITTEN_OUT = 512;

/** JSON that is JavaScript in every engine, and text within a script element of HTML. */
export function literal(value: unknown): string {
  return JSON.stringify(value).replace(/[<\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A number, be it none, as diverged networks have. */
function number(value: number): string {
  return Object.is(value, -0) ? '-0' : String(Number(value));
}

function activationText(activation: PatternActivation, alpha: number): string {
  switch (activation) {
    case 'sigmoid':
      return '1/(1+Math.exp(-s))';
    case 'tanh':
      return 'Math.tanh(s)';
    case 'relu':
      return 's<0?0:s';
    case 'leaky-relu':
      return `Math.max(s,${number(alpha)}*s)`;
    case 'v1-leaky-relu':
      return `s<0?0:${number(alpha)}*s`;
  }
}

/** Keys by the place of their numbers. */
const inOrder = (table: INumberHash) => Object.keys(table).sort((a, b) => table[a]! - table[b]!);

/** `x` becomes the outputs of a layer. */
function layerText(rows: readonly ArrayLike<number>[], biases: ArrayLike<number>, inputs: number): string {
  if (rows.length * inputs <= WRITTEN_OUT) {
    const units = rows.map((row, unit) => {
      const terms = Array.from(row, (weight, input) => `${number(weight)}*x[${input}]`);
      return `f(${[number(biases[unit]!), ...terms].join('+')})`;
    });
    return `x=[${units.join(',')}];`;
  }
  const table = rows.flatMap((row, unit) => [biases[unit]!, ...Array.from(row)]).map(number);
  const sum = `for(s=w[k++],j=0;j<${inputs};j++)s+=w[k++]*x[j];`;
  return `w=[${table.join(',')}];for(y=[],k=0;k<w.length;y.push(f(s))){${sum}}x=y;`;
}

/** The body of a function of `input`. */
export function toSource(
  { sizes, weights, biases, inputLookup, outputLookup }: Described,
  activation: PatternActivation,
  alpha: number,
): string {
  const lines = ['var x=[],y,w,s,j,k;', `function f(s){return ${activationText(activation, alpha)}}`];
  if (inputLookup) {
    lines.push('function v(key){return Object.prototype.hasOwnProperty.call(input,key)&&+input[key]||0}');
    lines.push(`x=[${inOrder(inputLookup).map((key) => `v(${literal(key)})`)}];`);
  } else {
    lines.push(`for(j=0;j<${sizes[0]};j++)x.push(+input[j]||0);`);
  }
  for (let layer = 1; layer < sizes.length; layer++) {
    lines.push(layerText(weights[layer]!, biases[layer]!, sizes[layer - 1]!));
  }
  const outputs = outputLookup && inOrder(outputLookup).map((key) => `[${literal(key)}]:x[${outputLookup[key]}]`);
  lines.push(outputs ? `return {${outputs}};` : 'return x;');
  return lines.join('\n');
}

/** The text as a function. @throws UnsupportedError where no text may be compiled */
export function compiled(source: string): (input: unknown) => unknown {
  try {
    return new Function('input', source) as (input: unknown) => unknown;
  } catch (cause) {
    if (!(cause instanceof EvalError)) throw cause;
    throw new UnsupportedError(
      "toFunction() compiles text, which this page's Content Security Policy, or this runtime, forbids: script-src needs 'unsafe-eval'. toSource() returns the text",
      { cause },
    );
  }
}
