// Text as numbers, character by character: what both lines' DataFormatter have in common.

import { EfficientBackpropError } from '../../runtime/errors.js';
import { putKey } from './formats.js';
import { literal } from './source.js';

export abstract class CharacterTable {
  indexTable: { [character: string]: number } = {};
  characterTable: { [index: number]: string | number | null } = {};
  characters: (string | number)[] = [];
  specialIndexes: number[] = [];

  /** Takes characters that are not there yet. */
  protected collect(characters: Iterable<string | number>): void {
    const seen = new Set(this.characters.map(String));
    for (const character of characters) {
      if (seen.has(String(character))) continue;
      seen.add(String(character));
      this.characters.push(character);
    }
  }

  /** The index of each character from number `maxThreshold` on. */
  buildTables(maxThreshold: number): void {
    this.characters.forEach((character, index) => {
      if (index < maxThreshold) return;
      putKey(this.indexTable, String(character), index);
      this.characterTable[index] = character;
    });
  }

  private indexOf(character: string): number | undefined {
    return Object.hasOwn(this.indexTable, character) ? this.indexTable[character] : undefined;
  }

  /** @throws EfficientBackpropError for a character that is not in the table, unless it has one for those */
  protected indexesOf(value: ArrayLike<string | number | boolean>, maxThreshold: number): number[] {
    const indexes = Array.from(value, (element) => {
      const character = String(element);
      const index = this.indexOf(character) ?? this.indexOf('unrecognized');
      if (index === undefined) throw new EfficientBackpropError(`unrecognized character "${character}"`);
      return index;
    });
    return indexes.filter((index) => index >= maxThreshold);
  }

  /** The characters of indexes; marks between input and output have none. */
  toCharacters(indices: ArrayLike<number>, maxThreshold = 0): string[] {
    const result: string[] = [];
    for (const index of Array.from(indices)) {
      if (index < maxThreshold) continue;
      const character = this.characterTable[index];
      if (character === undefined && this.indexOf('unrecognized') === undefined) {
        throw new EfficientBackpropError(`unrecognized index "${index}"`);
      }
      if (character !== undefined && character !== null) result.push(String(character));
    }
    return result;
  }

  toString(indices: ArrayLike<number> = [], maxThreshold = 0): string {
    return this.toCharacters(indices, maxThreshold).join('');
  }

  addSpecial(special: string | number, character: string | null = null): void {
    const index = this.characters.length;
    putKey(this.indexTable, String(special), index);
    this.characterTable[index] = character;
    this.specialIndexes.push(index);
    this.characters.push(special);
  }

  addInputOutput(): void {
    this.addSpecial('stop-input');
    this.addSpecial('start-output');
  }

  addUnrecognized(): void {
    this.addSpecial('unrecognized');
  }

  /** The tables as the text of JavaScript. @internal */
  protected tablesText(): string {
    const { characterTable, indexTable, characters } = this;
    return Object.entries({ characterTable, indexTable, characters })
      .map(([name, value]) => `var ${name} = ${literal(value)};\n`)
      .join('');
  }
}

/** What fits on a typewriter, behind those that are given. */
export function printable(values: (string | number)[]): (string | number)[] {
  for (let code = 32; code <= 126; code++) values.push(String.fromCharCode(code));
  return values;
}

/** Each character of a text once. */
export const distinct = (text: string): string[] => Array.from(new Set(text));

/** Functions that do with the tables of `tablesText` what the methods of the same names do. */
export const FUNCTIONS = `function toIndexes(value, maxThreshold) {
  return Array.from(value, function (element) {
    var own = Object.prototype.hasOwnProperty, character = String(element);
    if (own.call(indexTable, character)) return indexTable[character];
    if (own.call(indexTable, "unrecognized")) return indexTable.unrecognized;
    throw new Error('unrecognized character "' + character + '"');
  }).filter(function (index) { return index >= (maxThreshold || 0); });
}
function toIndexesInputOutput(input, output, maxThreshold) {
  var result = toIndexes(Array.from(input).concat(["stop-input", "start-output"]), maxThreshold);
  return output === undefined || output === null ? result : result.concat(toIndexes(output, maxThreshold));
}
function toCharacters(indices, maxThreshold) {
  return Array.from(indices).filter(function (index) { return index >= (maxThreshold || 0); }).map(function (index) {
    var character = characterTable[index];
    if (character === undefined && !Object.prototype.hasOwnProperty.call(indexTable, "unrecognized"))
      throw new Error('unrecognized index "' + index + '"');
    return character;
  }).filter(function (character) { return character !== undefined && character !== null; });
}
`;
