// What users say of data: what columns are, what absent keys mean, and which rows are held out together.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countGroups, lastRows, numbered, someGroups, turnsByGroup, turnsByTime } from '../../src/data/apart.js';
import { without } from '../../src/data/split.js';
import { Classifier, DataError, OptionError, Regressor, crossValidate, loadModel } from '../../src/index.js';
import { draws } from '../data/synthetic.js';

/** What leaves the decay to be chosen, and no more. */
const CHOOSING = { hidden: 6, epochs: 60, seed: 1 } as const;
const QUICK = { hidden: [], weightDecay: 0.01, epochs: 20, seed: 1 } as const;

describe('columns', () => {
  const rows = Array.from({ length: 60 }, (_, i) => ({
    zip: [10001, 2139, 94110][i % 3]!,
    code: `0${i % 5}`,
    when: Date.UTC(2024, 0, 1 + i),
    note: `n${i}`,
    x: i % 7,
  }));
  const targets = rows.map(({ zip, x }) => (zip === 2139 ? 10 : 0) + x);
  const columns = { zip: 'category', code: 'number', when: 'date', note: 'ignore' } as const;

  test.each(['rows', 'chunks', 'partialFit', 'background'])('are what is said of them (%s)', async (way) => {
    const options = { ...QUICK, columns };
    const chunks = () =>
      [
        [rows.slice(0, 30), targets.slice(0, 30)],
        [rows.slice(30), targets.slice(30)],
      ] as const;
    using model =
      way === 'rows'
        ? await Regressor.fit(rows, targets, options)
        : way === 'chunks'
          ? await Regressor.fit(chunks, options)
          : way === 'background'
            ? await Regressor.fit(rows, targets, { ...options, background: true })
            : await new Regressor(options).partialFit(rows, targets);
    const kinds = Object.fromEntries(model.columns.map((spec) => [spec.name, spec.kind]));
    expect(kinds).toEqual({ zip: 'category', code: 'number', when: 'date', note: 'dropped', x: 'number' });
    expect(model.columns.find(({ name }) => name === 'zip')).toMatchObject({ categories: ['10001', '2139', '94110'] });
    expect(model.columns.find(({ name }) => name === 'note')).toMatchObject({ reason: 'ignored, as asked for' });
    // Cells may be written in other ways where a model predicts, and read from a file it is the same.
    const some = rows.slice(0, 6);
    const others = some.map(({ zip, code, when, x }) => ({
      zip: String(zip),
      code: Number(code),
      when: new Date(when).toISOString(),
      x,
    }));
    expect(model.predict(others)).toEqual(model.predict(some));
    using again = (await loadModel(model.toBytes())) as Regressor;
    expect(again.columns).toEqual(model.columns);
    expect(again.predict(some)).toEqual(model.predict(some));
    await again.partialFit(others, [1, 2, 3, 4, 5, 6]);
    using json = await Regressor.fromJSON(JSON.parse(JSON.stringify(model)));
    expect(json.predict(others)).toEqual(model.predict(some));
  });

  test('go into the models of cross-validation', async () => {
    const { mean } = await crossValidate(() => new Regressor({ ...QUICK, columns }), rows, targets);
    expect(mean['r2']).toBeGreaterThan(0.9);
  });

  test('of many categories stay categories', async () => {
    using model = await Regressor.fit(
      rows.map((row, i) => ({ ...row, name: `a${i % 50}` })),
      targets,
      { ...QUICK, columns: { name: 'category' } },
    );
    expect(model.columns.at(-1)).toMatchObject({ name: 'name', kind: 'category' });
  });

  test('that are not there are named, with the nearest', async () => {
    const wrong = async (given: object, data: unknown = rows) =>
      Regressor.fit(data as never, targets, { ...QUICK, columns: given as never }).then(
        () => undefined,
        (e: unknown) => e,
      );
    expect(await wrong({ zips: 'category' })).toMatchObject({
      name: 'OptionError',
      message: 'Regressor.columns: there is no column "zips"; did you mean "zip"?',
    });
    expect(await wrong({ city: 'category' })).toMatchObject({ message: expect.stringMatching(/the columns are "zip", "code"/) });
    expect(await wrong({ zip: 'text' })).toMatchObject({
      message: expect.stringMatching(/Regressor.columns.*one of 'number', 'date', 'category', 'ignore'/),
    });
    expect(
      await wrong(
        { 0: 'category' },
        rows.map(({ x }) => [x]),
      ),
    ).toMatchObject({ message: expect.stringMatching(/have no names/) });
    expect(await wrong({ note: 'number' })).toMatchObject({ name: 'DataError', row: 0, column: 'note' });
    expect(await wrong({ note: 'date' })).toMatchObject({ name: 'DataError', row: 0, column: 'note' });
  });
});

describe('absent keys', () => {
  const colours = [
    { r: 0.03, g: 0.7 },
    { r: 0.16, b: 0.2 },
    { r: 0.5, g: 0.5, b: 1 },
    { g: 0.9 },
    { b: 0.1 },
    { r: 0.9, g: 0.9, b: 0.9 },
  ];
  const labels = ['black', 'black', 'white', 'black', 'black', 'white'];

  test('are 0 where that is said, in training and prediction, in files, chunks and streams', async () => {
    const whole = colours.map((c) => ({ r: 0, g: 0, b: 0, ...c }));
    using plain = await Classifier.fit(whole, labels, { seed: 1 });
    using sparse = await Classifier.fit(colours, labels, { seed: 1, absent: 'zero' });
    expect(sparse.predictProbabilities(colours)).toEqual(plain.predictProbabilities(whole));
    expect(sparse.predictProbabilities([{ r: 1, g: 0.4 }])).toEqual(plain.predictProbabilities([{ r: 1, g: 0.4, b: 0 }]));
    using again = (await loadModel(sparse.toBytes())) as Classifier;
    expect(again.predictProbabilities([{ r: 1, g: 0.4 }])).toEqual(sparse.predictProbabilities([{ r: 1, g: 0.4 }]));
    using streamed = await Classifier.fit(() => [[colours, labels] as const, [[{ r: 1 }], ['black']] as const], {
      ...QUICK,
      absent: 'zero',
    });
    expect(streamed.predict([{}, { r: 1 }])).toHaveLength(2);
    await again.partialFit([{ g: 1 }], ['black']);
    // null still is a gap.
    expect(sparse.predictProbabilities([{ r: null, g: 0.4 }])).not.toEqual(sparse.predictProbabilities([{ g: 0.4 }]));
  });

  test('are gaps otherwise, and the error says what to do where all rows lack one', async () => {
    using model = await Classifier.fit(colours, labels, { seed: 1 });
    expect(() => model.predict([{ r: 1, g: 0.4 }])).toThrow(/column "b": is missing in every row; .*null.*absent: 'zero'/);
  });
});

describe('rows held out together', () => {
  const sizes = fc.tuple(fc.integer({ min: 2, max: 60 }), fc.integer({ min: 2, max: 10 }));

  test('by time: what is learned comes before what is held out, and each row but the first ones is held out once', () => {
    fc.assert(
      fc.property(sizes, ([rows, count]) => {
        fc.pre(count < rows);
        const turns = turnsByTime(rows, count);
        expect(turns).toHaveLength(count);
        const held = turns.flatMap((turn) => [...turn.held]);
        expect(held).toEqual(Array.from({ length: held.length }, (_, i) => rows - held.length + i));
        for (const turn of turns) {
          expect(turn.held.length).toBeGreaterThan(0);
          expect([...turn.learned]).toEqual(Array.from({ length: turn.held[0]! }, (_, i) => i));
          expect(turn.learned.length).toBeGreaterThan(0);
        }
        const { held: last, learned } = lastRows(rows, 0.2);
        expect([...learned, ...last]).toEqual(Array.from({ length: rows }, (_, i) => i));
        expect(Math.abs(last.length - 0.2 * rows)).toBeLessThanOrEqual(0.5);
      }),
    );
  });

  test('by groups: none is on both sides, each row is held out once, and parts are as even as groups allow', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 2, maxLength: 80 }),
        fc.integer({ min: 2, max: 6 }),
        (labels, k) => {
          const groups = numbered(labels);
          const count = countGroups(groups);
          fc.pre(count >= k);
          const order = Uint32Array.from(labels.keys());
          const turns = turnsByGroup(groups, k, order);
          for (const { held, learned = without(held, labels.length) } of turns) {
            const outside = new Set(Array.from(held, (r) => groups[r]));
            expect(Array.from(learned, (r) => groups[r]).some((g) => outside.has(g))).toBe(false);
            expect(held.length + learned.length).toBe(labels.length);
            expect(held.length).toBeGreaterThan(0);
          }
          const all = turns.flatMap(({ held }) => [...held]).sort((a, b) => a - b);
          expect(all).toEqual([...labels.keys()]);
          const largest = Math.max(...Array.from({ length: count }, (_, g) => groups.filter((x) => x === g).length));
          const share = labels.length / k;
          for (const { held } of turns) expect(held.length).toBeLessThanOrEqual(share + largest);
          const { held, learned } = someGroups(groups, 0.2, order);
          expect(held.length).toBeGreaterThan(0);
          expect(learned.length).toBeGreaterThan(0);
        },
      ),
    );
  });

  /** Each person has a level of their own, which nothing of the others tells; columns tell who it is. */
  const people = () => {
    const draw = draws(3);
    const rows: { person: string; a: number; b: number }[] = [];
    const targets: number[] = [];
    for (let p = 0; p < 12; p++) {
      const [level, a, b] = [10 * draw.normal(), draw.normal(), draw.normal()];
      for (let i = 0; i < 15; i++) {
        rows.push({ person: `p${p}`, a: a + 0.02 * draw.normal(), b: b + 0.02 * draw.normal() });
        targets.push(level + draw.normal());
      }
    }
    return { rows, targets };
  };

  test('groups show what a model does on others, and no random parts do', async () => {
    const { rows, targets } = people();
    const make = () => new Regressor({ seed: 1, hidden: 16, weightDecay: 1e-5, epochs: 300 });
    const blind = rows.map(({ a, b }) => ({ a, b }));
    const random = await crossValidate(make, blind, targets, { folds: 4 });
    expect(random.mean['r2']).toBeGreaterThan(0.8);
    const labels = rows.map(({ person }) => person);
    const apart = await crossValidate(make, blind, targets, { folds: 4, groups: labels });
    expect(apart.mean['r2']).toBeLessThan(0.2);
    for (const { held } of apart.folds) {
      const outside = new Set(Array.from(held, (r) => labels[r]));
      expect(labels.filter((label, r) => outside.has(label) && !held.includes(r))).toEqual([]);
    }
    // The column that has them is left out of the inputs.
    const named = await crossValidate(make, rows, targets, { folds: 4, groups: 'person' });
    expect(named.folds.map(({ held }) => [...held])).toEqual(apart.folds.map(({ held }) => [...held]));
    expect(named.mean['r2']).toBeCloseTo(apart.mean['r2']!, 9);
  });

  test('a model chooses by groups that it has not seen, and leaves their column out', async () => {
    const { rows, targets } = people();
    using random = await Regressor.fit(
      rows.map(({ a, b }) => ({ a, b })),
      targets,
      CHOOSING,
    );
    using apart = await Regressor.fit(rows, targets, { ...CHOOSING, groups: 'person' });
    expect(apart.columns[0]).toMatchObject({ name: 'person', kind: 'dropped', reason: 'names groups' });
    const least = (model: Regressor) => Math.min(...model.history.chosen.candidates.map(({ error }) => error));
    expect(least(random)).toBeLessThan(0.3);
    expect(least(apart)).toBeGreaterThan(0.7);
    using again = await Regressor.fit(rows, targets, {
      ...CHOOSING,
      groups: rows.map(({ person }) => person),
      columns: { person: 'ignore' },
    });
    expect(again.predict(rows)).toEqual(apart.predict(rows));
    const chunks = () => [[rows.slice(0, 90), targets.slice(0, 90)] as const, [rows.slice(90), targets.slice(90)] as const];
    using streamed = await Regressor.fit(chunks, { ...CHOOSING, groups: 'person' });
    expect(streamed.columns[0]).toMatchObject({ kind: 'dropped', reason: 'names groups' });
    expect(least(streamed)).toBeGreaterThan(0.7);
  });

  /** A line that turns after four fifths: what was learned before does not hold then. */
  const turning = Array.from({ length: 200 }, (_, i) => ({ t: i % 40, x: (i * 37) % 50 }));
  const level = turning.map(({ x }, i) => (i < 160 ? x : -x));

  test('by time, validation is on the last rows', async () => {
    const options = { ...QUICK, hidden: 4, validation: 0.2 };
    using late = await Regressor.fit(turning, level, { ...options, order: 'time' });
    using random = await Regressor.fit(turning, level, options);
    expect(late.history.validationLoss.at(-1)).toBeGreaterThan(2 * random.history.validationLoss.at(-1)!);
    expect(late.history.loss.at(-1)).toBeLessThan(0.1);
    const groups = level.map((_, r) => (r < 160 ? r % 40 : 'late'));
    using grouped = await Regressor.fit(turning, level, { ...options, groups, earlyStopping: true });
    expect(grouped.history.validationLoss.length).toBeGreaterThan(0);
    using stopped = await Regressor.fit(turning, level, { ...options, order: 'time', earlyStopping: { patience: 2 } });
    expect(['earlyStopping', 'epochs']).toContain(stopped.history.reason);
  });

  test('by time, models are chosen by rows that come after', async () => {
    const ordinary = await crossValidate(() => new Regressor(QUICK), turning, level, { folds: 4 });
    const { folds } = await crossValidate(() => new Regressor(QUICK), turning, level, { folds: 4, order: 'time' });
    expect(folds.map(({ held }) => [held[0], held.at(-1)])).toEqual([
      [40, 79],
      [80, 119],
      [120, 159],
      [160, 199],
    ]);
    expect((folds[3]!.evaluation as { r2: number }).r2).toBeLessThan(-1);
    expect(ordinary.mean['r2']).toBeGreaterThan((folds[3]!.evaluation as { r2: number }).r2);
    using model = await Regressor.fit(turning, level, { ...CHOOSING, order: 'time' });
    using random = await Regressor.fit(turning, level, CHOOSING);
    const least = ({ history }: Regressor) => Math.min(...history.chosen.candidates.map(({ error }) => error));
    expect(least(model)).toBeGreaterThan(1.2 * least(random));
    using again = (await loadModel(model.toBytes())) as Regressor;
    expect(again.predict(turning)).toEqual(model.predict(turning));
  });

  test('what does not go together, or is not there, is refused', async () => {
    const { rows, targets } = people();
    const refusal = (options: object, fit: (options: never) => Promise<unknown> = (o) => Regressor.fit(rows, targets, o)) =>
      fit({ ...QUICK, ...options } as never).then(
        () => undefined,
        (e: unknown) => e as Error,
      );
    expect(await refusal({ groups: 'persn' })).toMatchObject({
      name: 'OptionError',
      message: expect.stringMatching(/"person"\?/),
    });
    expect(await refusal({ groups: [1, 2] })).toMatchObject({
      message: expect.stringMatching(/groups has 2 elements.*180 rows/),
    });
    expect(await refusal({ groups: rows.map(() => 'one') })).toMatchObject({ message: expect.stringMatching(/one group/) });
    expect(await refusal({ groups: rows.map((_, i) => (i === 5 ? null : i % 3)) })).toMatchObject({ name: 'DataError', row: 5 });
    expect(await refusal({ groups: 7 })).toBeInstanceOf(OptionError);
    expect(await refusal({ order: 'tme' })).toMatchObject({ message: expect.stringMatching(/'time'/) });
    expect(await refusal({ groups: [1] }, (o) => Regressor.fit(() => [[rows, targets] as const], o))).toMatchObject({
      message: expect.stringMatching(/name of a column/),
    });
    const across = (options: object) =>
      crossValidate(() => new Regressor(QUICK), rows, targets, options).catch((e: unknown) => e);
    expect(await across({ groups: 'person', folds: 13 })).toMatchObject({
      message: expect.stringMatching(/number of groups, which is 12/),
    });
    expect(await across({ groups: 'person', order: 'time' })).toBeInstanceOf(OptionError);
    expect(await across({ order: 'time', repeats: 2 })).toBeInstanceOf(OptionError);
    expect(await across({ order: 'time', folds: 180 })).toBeInstanceOf(OptionError);
    expect(await across({ groups: [1, 2] })).toBeInstanceOf(OptionError);
    const gappy = rows.map((row, i) => (i === 3 ? { ...row, person: null } : row));
    expect(
      await crossValidate(() => new Regressor(QUICK), gappy as never, targets, { groups: 'person' }).catch((e: unknown) => e),
    ).toBeInstanceOf(DataError);
  });

  test('rows without weight are left out with their groups', async () => {
    const { rows, targets } = people();
    const sampleWeights = rows.map((_, i) => (i % 4 === 0 ? 0 : 1));
    const some = <T>(list: readonly T[]) => list.filter((_, i) => i % 4 !== 0);
    const groups = rows.map(({ person }) => person);
    const blind = rows.map(({ a, b }) => ({ a, b }));
    using all = await Regressor.fit(blind, targets, { seed: 1, hidden: [], groups, sampleWeights });
    using rest = await Regressor.fit(some(blind), some(targets), { seed: 1, hidden: [], groups: some(groups) });
    expect(all.history.chosen.weightDecay).toBe(rest.history.chosen.weightDecay);
  });
});
