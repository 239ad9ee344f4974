// DataFormatter as brain.js 2.x has it.

import { EfficientBackpropError } from '../../../runtime/errors.js';
import { CharacterTable, FUNCTIONS, distinct, printable } from '../characters.js';
import { putKey } from '../formats.js';

/** What stands for characters. */
export type Value = string | number | boolean | string[] | number[] | boolean[];

/** A sample of a recurrent network. */
export interface IRNNDatum {
  input: Value;
  output: Value;
}

/** A `DataFormatter` as JSON. */
export interface IDataFormatterJSON {
  indexTable: { [key: string]: number; [key: number]: number };
  characterTable: { [key: number]: string | number | null };
  values: Value[];
  characters: Array<string | number>;
  specialIndexes: number[];
}

/** The interface of brain.js's `DataFormatter`. */
export interface IDataFormatter {
  indexTable: { [value: string]: number };
  toIndexesInputOutput: (input: Value, output?: Value) => number[];
  toIndexes: (input: string) => number[];
  toCharacters: (output: number[]) => string[];
  characters: Array<string | number>;
  specialIndexes: number[];
  toFunctionString: () => string;
  formatDataIn: (input?: Value, output?: Value) => number[];
  formatDataOut: (input: number[], output: number[]) => string;
  format: (data: Array<IRNNDatum | Value>) => number[][];
  isSetup: boolean;
  toJSON: () => IDataFormatterJSON;
}

const isDatum = (value: unknown): value is IRNNDatum =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, 'input') && Object.hasOwn(value, 'output');

/** The characters of a value: those of its text, or its elements. @throws EfficientBackpropError */
function charactersOf(value: Value): string[] {
  if (Array.isArray(value)) return value.map(String);
  if (['string', 'number', 'boolean'].includes(typeof value)) return String(value).split('');
  throw new EfficientBackpropError('unrecognized value, expected string[], string, number[], number, boolean[], or boolean');
}

export class DataFormatter extends CharacterTable implements IDataFormatter {
  isSetup = false;

  constructor(
    private values?: Array<IRNNDatum | Value>,
    maxThreshold = 0,
  ) {
    super();
    if (values !== undefined) this.setup(values, maxThreshold);
  }

  /** @throws EfficientBackpropError where it is set up already */
  setup(values: Array<IRNNDatum | Value>, maxThreshold = 0): void {
    if (this.isSetup) throw new EfficientBackpropError('DataFormatter is already setup');
    this.values = values;
    this.buildCharactersFromIterable(values);
    this.buildTables(maxThreshold);
    if (isDatum(values[0])) this.addInputOutput();
    this.addUnrecognized();
    this.isSetup = true;
  }

  /** Takes the characters of each value; numbers and booleans of a list count as a whole. */
  buildCharactersFromIterable(values: Array<IRNNDatum | Value>): void {
    this.collect(
      values.flatMap((value): (string | number)[] => {
        if (isDatum(value)) return [...charactersOf(value.input), ...charactersOf(value.output)];
        if (typeof value === 'number') return [value];
        if (typeof value === 'boolean') return [String(value)];
        if (typeof value === 'string') return value.split('');
        if (Array.isArray(value)) return value.map((element) => (typeof element === 'number' ? element : String(element)));
        throw new EfficientBackpropError('Unhandled value');
      }),
    );
  }

  /** Takes those that `charactersTable` does not know, and tells it of them. */
  addCharacters(characters: string | string[] | boolean[] | number[], charactersTable: { [character: string]: boolean }): void {
    for (const character of Array.from(characters as Iterable<unknown>, String)) {
      if (Object.hasOwn(charactersTable, character)) continue;
      putKey(charactersTable, character, true);
      this.characters.push(character);
    }
  }

  /** @throws EfficientBackpropError for a character that is not in the table, unless it has one for those */
  toIndexes(value: Value, maxThreshold = 0): number[] {
    return this.indexesOf(charactersOf(value), maxThreshold);
  }

  toIndexesInputOutput(input: Value, output?: Value, maxThreshold = 0): number[] {
    const before = this.toIndexesValue(input, maxThreshold, true);
    return output === undefined ? before : before.concat(this.toIndexesValue(output, maxThreshold, false));
  }

  toIndexesValue(value: Value, maxThreshold: number, isInput: boolean): number[] {
    const characters = charactersOf(value);
    return this.toIndexes(isInput ? [...characters, 'stop-input', 'start-output'] : characters, maxThreshold);
  }

  formatDataIn(input?: Value, output?: Value): number[] {
    if (input === undefined) return [];
    if (Array.isArray(input) && typeof input[0] === 'number') return input as number[];
    return Object.hasOwn(this.indexTable, 'stop-input') ? this.toIndexesInputOutput(input, output) : this.toIndexes(input);
  }

  formatDataOut(_input: number[], output: number[]): string {
    return this.toCharacters(output).join('');
  }

  /** Each value, or pair of values, as indexes. @throws EfficientBackpropError for what are neither */
  format(data: Array<IRNNDatum | Value>): number[][] {
    const first = data[0];
    if (!isDatum(first) && typeof first !== 'string' && typeof first !== 'number' && !Array.isArray(first)) {
      throw new EfficientBackpropError('unrecognized data');
    }
    if (typeof first === 'number') return data as unknown as number[][];
    if (!this.isSetup) this.setup(data);
    return data.map((datum) => {
      if (!isDatum(datum)) return this.formatDataIn(datum);
      return this.formatDataIn(charactersOf(datum.input), charactersOf(datum.output));
    });
  }

  toFunctionString(): string {
    return `\n${this.tablesText()}${FUNCTIONS}var dataFormatter = { toIndexes, toIndexesInputOutput, toCharacters };`;
  }

  toJSON(): IDataFormatterJSON {
    const { indexTable, characterTable, characters, specialIndexes } = this;
    return { indexTable, characterTable, values: this.values as Value[], characters, specialIndexes };
  }

  static fromJSON(json: IDataFormatterJSON): DataFormatter {
    const { indexTable, characterTable, values, characters, specialIndexes } = json;
    return Object.assign(new DataFormatter(), { indexTable, characterTable, values, characters, specialIndexes, isSetup: true });
  }

  private static withMarks(values: (string | number)[], maxThreshold?: number): DataFormatter {
    const formatter = new DataFormatter(values, maxThreshold);
    formatter.addInputOutput();
    formatter.addUnrecognized();
    return formatter;
  }

  static fromAllPrintable(maxThreshold: number, values: (string | number)[] = ['\n']): DataFormatter {
    return new DataFormatter(printable(values), maxThreshold);
  }

  static fromAllPrintableInputOutput(maxThreshold: number, values: (string | number)[] = ['\n']): DataFormatter {
    return DataFormatter.withMarks(printable(values), maxThreshold);
  }

  static fromStringInputOutput(text: string, maxThreshold: number): DataFormatter {
    return DataFormatter.withMarks(distinct(text), maxThreshold);
  }

  static fromArrayInputOutput(data: IRNNDatum[], maxThreshold?: number): DataFormatter {
    const words = data
      .flatMap(({ input, output }) => [input, output])
      .flatMap((value) => (Array.isArray(value) ? value.map(String) : String(value)));
    return DataFormatter.withMarks([...new Set(words)], maxThreshold);
  }

  static fromString(text: string, maxThreshold = 0): DataFormatter {
    return new DataFormatter(distinct(text), maxThreshold);
  }
}
