// DataFormatter as brain.js 1.x has it.

import { CharacterTable, FUNCTIONS, distinct, printable } from '../characters.js';

type Values = readonly (string | number | readonly string[])[] | string;

interface DataFormatterJSON {
  indexTable: { [character: string]: number };
  characterTable: { [index: number]: string | number | null };
  values: Values | undefined;
  characters: (string | number)[];
  specialIndexes: number[];
}

const isNumber = (value: unknown): value is number => typeof value === 'number';

export class DataFormatter extends CharacterTable {
  values: Values | undefined;

  constructor(values?: Values, maxThreshold = 0) {
    super();
    if (values === undefined) return;
    this.values = values;
    this.buildCharactersFromIterable(values);
    this.buildTables(maxThreshold);
  }

  /** Takes the characters of each value, or the value itself where it has none. */
  buildCharactersFromIterable(values: Values): void {
    this.collect(Array.from(values).flatMap((value): (string | number)[] => (isNumber(value) ? [value] : Array.from(value))));
  }

  /** @throws EfficientBackpropError for a character that is not in the table, unless it has one for those */
  toIndexes(value: ArrayLike<string | number>, maxThreshold = 0): number[] {
    return this.indexesOf(value, maxThreshold);
  }

  toIndexesInputOutput(input: ArrayLike<string>, output: ArrayLike<string> | null = null, maxThreshold = 0): number[] {
    const before = this.toIndexes([...Array.from(input), 'stop-input', 'start-output'], maxThreshold);
    return output === null ? before : before.concat(this.toIndexes(output, maxThreshold));
  }

  /** How many marks there are in an output. */
  countSpecial(output: readonly number[]): number {
    return output.filter((index) => this.specialIndexes.includes(index)).length;
  }

  toFunctionString(): string {
    return `\n${this.tablesText()}${FUNCTIONS}`;
  }

  private static withMarks(values: Values, maxThreshold?: number): DataFormatter {
    const formatter = new DataFormatter(values, maxThreshold);
    formatter.addInputOutput();
    return formatter;
  }

  static fromAllPrintable(maxThreshold?: number, values: (string | number)[] = ['\n']): DataFormatter {
    return new DataFormatter(printable(values), maxThreshold);
  }

  static fromAllPrintableInputOutput(maxThreshold?: number, values: (string | number)[] = ['\n']): DataFormatter {
    return DataFormatter.withMarks(printable(values), maxThreshold);
  }

  static fromStringInputOutput(text: string, maxThreshold?: number): DataFormatter {
    return DataFormatter.withMarks(distinct(text), maxThreshold);
  }

  static fromArrayInputOutput(array: readonly string[], maxThreshold?: number): DataFormatter {
    return DataFormatter.withMarks([...new Set(array)].sort(), maxThreshold);
  }

  static fromString(text: string, maxThreshold?: number): DataFormatter {
    return new DataFormatter(distinct(text), maxThreshold);
  }

  static fromJSON(json: DataFormatterJSON): DataFormatter {
    const { indexTable, characterTable, values, characters, specialIndexes } = json;
    return Object.assign(new DataFormatter(), { indexTable, characterTable, values, characters, specialIndexes });
  }
}
