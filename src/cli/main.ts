#!/usr/bin/env node
// The command `efficient-backprop`: arguments to options, errors to exit codes.

import './builtins.js';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { millisecondsIn } from '../runtime/duration.js';
import { provide } from '../../bindings/binaries.text.js';
import { MOST_THREADS } from '../../bindings/commands.js';
import manifest from '../../package.json' with { type: 'json' };
import { ACTIVATION_NAMES } from '../layers/activations.js';
import { OptionError } from '../runtime/errors.js';
import type { BenchOptions } from './bench.js';
import { evaluate } from './evaluate.js';
import { EXIT, UsageError, described, exitCode } from './failure.js';
import { FORMATS } from '../table/formats/format.js';
import { inspect } from './inspect.js';
import { METHOD_NAMES } from './train/methods.js';
import { columnTypes, encodingNamed, missingCells, yesOrNo } from './reading.js';
import { abandoned } from './output.js';
import { predict } from './predict.js';
import { complain, note, tellJson, watchOutput } from './terminal.js';
import { trainFile } from './train/command.js';
import type { TrainOptions } from './train/options.js';

provide();

const interruption = new AbortController();

function numeric(what: string, accepts: (n: number) => boolean): (text: string) => number {
  return (text) => {
    const n = text.trim() === '' ? Number.NaN : Number(text);
    if (!accepts(n)) throw new InvalidArgumentError(`Expected ${what}.`);
    return n;
  };
}

const isCount = (n: number) => Number.isSafeInteger(n) && n >= 1;
const count = numeric('an integer ≥ 1', isCount);
const positive = numeric('a number > 0', (n) => n > 0 && n < Infinity);
const share = numeric('a number ≥ 0 and < 1', (n) => n >= 0 && n < 1);

const threadCount = numeric(`an integer from 1 to ${MOST_THREADS}, or auto`, (n) => isCount(n) && n <= MOST_THREADS);
const threads = (text: string) => (text === 'auto' ? text : threadCount(text));

const unit = numeric('integers ≥ 1, separated by commas, or 0 for no hidden layer', isCount);

function units(text: string): number[] {
  return text === '' || text === '0' ? [] : text.split(',').map(unit);
}

function delimiter(text: string): string {
  const found = { '\\t': '\t', tab: '\t', comma: ',', semicolon: ';' }[text] ?? text;
  if (found.length !== 1) throw new InvalidArgumentError('Expected one character, or tab, comma, semicolon.');
  return found;
}

/** Seconds. */
function duration(text: string): number {
  const bare = /^[\d.]+$/.test(text.trim());
  const seconds = bare ? Number(text) : millisecondsIn(text) / 1000;
  if (!(seconds > 0 && seconds < Infinity)) throw new InvalidArgumentError('Expected a duration, such as 90s, 5m or 2h.');
  if (bare) note(`note: --time-limit ${text} means ${text}s; write the unit, which will be needed`);
  return seconds;
}

const names = (text: string) => text.split(',').map((name) => name.trim());

/** Options of every command that reads rows. */
function reading(command: Command): Command {
  return command
    .addOption(
      new Option('--format <format>', 'format of the data (default: detected from the name or the contents)').choices(FORMATS),
    )
    .option('--delimiter <character>', 'character between cells of CSV: , ; | or tab (default: detected)', delimiter)
    .option('--encoding <name>', 'encoding of text, such as latin1 (default: by the byte order mark, or UTF-8)', encodingNamed)
    .option('--comment <text>', 'leave out lines of CSV that begin with this (default: #, if the file begins with it)')
    .option(
      '--header [yes|no]',
      'whether the first line of CSV names the columns (default: yes, unless it contains only numbers)',
      yesOrNo,
    )
    .option('--no-header', 'the same as --header no: columns are named 1, 2, …')
    .option('--longest-line <characters>', 'the most that a line of CSV or NDJSON may have (default: 268435456)', count)
    .addOption(new Option('--decimal <character>', 'decimal separator of numbers in text').choices(['.', ',']))
    .option('--column <types>', 'kinds of columns: zip:category,when:date(DD/MM/YYYY),note:ignore,price:number', columnTypes)
    .option(
      '--missing <texts>',
      'cells that count as missing, besides NA and the like: -999,unknown; in training also mean or refuse',
      missingCells,
    )
    .addOption(
      new Option('--absent <meaning>', 'meaning of missing keys in JSON objects (default: gap)').choices(['gap', 'zero']),
    )
    .option('--json', 'print one JSON value, errors included')
    .option('--quiet', 'print results and errors only');
}

const program = new Command('efficient-backprop')
  .description('Trains networks on tables: CSV, JSON, NDJSON or Parquet in, a model file out.')
  .version(manifest.version)
  .exitOverride()
  .configureOutput({ writeErr: (text) => note(text.replace(/\n$/, '')) })
  .showHelpAfterError('(see efficient-backprop --help)')
  .addHelpText(
    'after',
    `
Examples:
  efficient-backprop train penguins.csv --target species --report report.html
  efficient-backprop predict penguins.safetensors new.csv --probabilities --out predictions.csv
  efficient-backprop evaluate penguins.safetensors held-out.ndjson
  efficient-backprop inspect penguins.safetensors --spectrum penguins.csv --svg spectrum.svg
  efficient-backprop bench

Data files: .csv, .tsv, .json, .ndjson, .jsonl, .parquet, each also with .gz, an address, or - for standard input.
Exit codes: 0 done, 1 bad data or file, 2 bad usage; 130, 143, 129 interrupted by Ctrl-C, SIGTERM, SIGHUP.`,
  );

reading(
  program
    .command('train')
    .description('train a model on the rows of a file')
    .argument('<data>', 'file of rows, or - for standard input')
    .option('-t, --target <column>', 'the column to learn (required)')
    .addOption(
      new Option('--task <task>', 'what to learn (default: detected from the target)').choices(['classification', 'regression']),
    )
    .option('-o, --out <file>', 'model file (default: the name of the data, with .safetensors)')
    .option('--report <file>', 'write an HTML report with charts')
    .option('--drop <columns>', 'columns to leave out, separated by commas', names)
    .option('--test-share <share>', 'share of the rows held out to measure the model on; 0 for none', share, 0.2)
    .option('--stream', 'read the file again for each pass instead of keeping its rows in memory (default: from 256 MB on)')
    .option('--no-stream', 'keep all rows in memory, whatever their number')
    .option('--hidden <units>', 'units of the hidden layers, separated by commas; 0 for none (default: chosen)', units)
    .addOption(
      new Option('--activation <name>', 'activation of the hidden layers (default: chosen)').choices(
        ACTIVATION_NAMES.filter((name) => name !== 'softmax'),
      ),
    )
    .option('--members <count>', 'number of networks that are averaged (default: chosen; 1 predicts fastest)', count)
    .option(
      '--weight-decay <number>',
      'strength of weight decay (default: chosen)',
      numeric('a number ≥ 0', (n) => n >= 0 && n < Infinity),
    )
    .addOption(new Option('--method <name>', 'training method (default: chosen)').choices(METHOD_NAMES))
    .option('--dropout <share>', 'share of hidden units dropped in each step', share)
    .option('--rate <number>', 'initial learning rate', positive)
    .option('--momentum <number>', 'momentum of gradient descent (default: 0.9)', share)
    .option('--epochs <count>', 'passes over the rows', count)
    .option('--batch-size <count>', 'rows per step', count)
    .option(
      '--validation <share>',
      'share of the training rows to measure a validation loss on',
      numeric('a number > 0 and < 1', (n) => n > 0 && n < 1),
    )
    .addOption(new Option('--order <order>', 'say that rows are in order of time: the last rows are held out').choices(['time']))
    .option('--groups <column>', 'column of what rows belong to, such as a person: whole groups are held out')
    .option('--early-stopping', 'stop when the validation loss no longer falls; needs --validation')
    .addOption(new Option('--missing-target <how>', 'what to do with rows that lack the target').choices(['refuse', 'skip']))
    .option('--keep <columns>', 'columns not to learn from; predict copies them next to its predictions', names)
    .addOption(new Option('--class-weights <how>', 'compensate for classes of different sizes').choices(['balanced']))
    .addOption(new Option('--precision <precision>', 'precision of the arithmetic').choices(['float32', 'float64']))
    .option(
      '--threads <count>',
      `that compute, 1 to ${MOST_THREADS}, or auto: several where that is faster (default: auto)`,
      threads,
    )
    .option('--time-limit <duration>', 'stop after 90s, 5m or 2h', duration)
    .option(
      '--seed <integer>',
      'seed of all randomness, to repeat a run',
      numeric('an integer ≥ 0', (n) => Number.isSafeInteger(n) && n >= 0),
    ),
).action((file: string, options: TrainOptions, command: Command) => {
  // An option that there is none of is told first: it may be --target, misspelt.
  if (options.target === undefined) command.error("error: required option '-t, --target <column>' not specified");
  return trainFile(file, options, interruption.signal);
});

reading(
  program
    .command('predict')
    .description('predict the rows of a file')
    .argument('<model>', 'model file')
    .argument('<data>', 'file of rows, or - for standard input')
    .option('-o, --out <file>', 'where to write: .csv, .json, .ndjson (default: CSV to standard output)')
    .option('--probabilities', 'also write the probability of each class')
    .option('--keep <columns>', 'columns of the data to copy next to the predictions', names)
    .option('--safe-csv', "put a ' before text that a spreadsheet would run as a formula"),
).action(predict);

reading(
  program
    .command('evaluate')
    .description('measure a model on a file whose target is known')
    .argument('<model>', 'model file')
    .argument('<data>', 'file of rows, or - for standard input')
    .option('-t, --target <column>', 'the column with the truth (default: as in training)')
    .option('--report <file>', 'write an HTML report with charts'),
).action(evaluate);

reading(
  program
    .command('inspect')
    .description('show what a model file contains, and the curvature of its loss on data')
    .argument('<model>', 'model file')
    .option('--spectrum <data>', "eigenvalues of the loss's Hessian on the rows of a file, or - for standard input")
    .option('-t, --target <column>', 'with --spectrum: the column with the truth (default: as in training)')
    .option('--svg <file>', 'with --spectrum: draw the eigenvalues'),
).action(inspect);

program
  .command('bench')
  .description('measure training steps on this machine, and its limits (about fifteen seconds)')
  .option('--seconds <seconds>', 'time for all rungs together', positive, 12)
  .option('--rung <text>', 'only rungs whose names contain this, such as 784-128-10 or b1')
  .option('--json', 'print one JSON value, errors included')
  .option('--quiet', 'no progress')
  .action(async (options: BenchOptions) => {
    const { bench } = await import('./bench.js'); // with the loops that measure the machine, which nobody else needs
    await bench(options);
  });

for (const command of program.commands) command.showHelpAfterError(`(see efficient-backprop ${command.name()} --help)`);

// Ctrl-C, a request to end, and a terminal that has gone.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    interruption.abort();
    complain(`interrupted: ${abandoned()}`);
    setImmediate(() => process.exit(EXIT.interrupted[signal]));
  });
}
watchOutput(EXIT.data);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = failed(error);
}

function failed(error: unknown): number {
  const json = process.argv.includes('--json');
  if (error instanceof CommanderError) {
    const message = error.message.replace(/^error: /, '');
    if (json && error.exitCode !== 0) tellJson({ error: { type: 'UsageError', message } });
    return error.exitCode === 0 ? 0 : EXIT.usage;
  }
  if (json) tellJson({ error: described(error) });
  else complain(described(error).message);
  if (process.env['DEBUG'] && error instanceof Error) note(String(error.stack));
  return error instanceof OptionError || error instanceof UsageError ? EXIT.usage : exitCode(error);
}
