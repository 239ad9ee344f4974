// What the calendar says of dates: which inputs they have, and what models learn from them.

import { describe, expect, test } from 'vitest';
import { ColumnsLearner } from '../../src/data/columns.js';
import { Encoder } from '../../src/data/encoder.js';
import { type Rows, table } from '../../src/data/table.js';
import { Regressor, loadModel } from '../../src/index.js';
import { draws } from './synthetic.js';

const HOUR = 36e5;
const DAY = 24 * HOUR;

async function dated(rows: Rows, begins = false) {
  const t = table(rows);
  const encoder = Encoder.of(await new ColumnsLearner(true).add(t).look(), begins);
  const flat = encoder.encode(t, 'float64');
  const { inputs } = encoder;
  const columns = Array.from({ length: inputs }, (_, j) => Array.from({ length: t.rows }, (_r, r) => flat[r * inputs + j]!));
  return {
    encoder,
    columns,
    spec: encoder.spec.columns[0] as Extract<(typeof encoder.spec.columns)[0], { kind: 'date' | 'number' }>,
  };
}

const namesOf = (spec: { readonly calendar?: readonly { part: string; form: string }[] }) =>
  (spec.calendar ?? []).map(({ part, form }) => `${part} ${form}`);
const three = (part: string) => ['number', 'sine', 'cosine'].map((form) => `${part} ${form}`);

describe('inputs', () => {
  const hourly = Array.from({ length: 3 * 365 * 4 }, (_, i) => ({ d: new Date(Date.UTC(2021, 0, 1) + i * 6 * HOUR + 1234567) }));

  test('are what the calendar says in UTC, scaled', async () => {
    const { spec, columns } = await dated(hourly);
    expect(namesOf(spec)).toEqual(['year number', ...three('month'), ...three('weekday'), ...three('hour')]);
    const part = {
      year: (d: Date) => d.getUTCFullYear(),
      month: (d: Date) => d.getUTCMonth(),
      weekday: (d: Date) => (d.getUTCDay() + 6) % 7,
      hour: (d: Date) => d.getUTCHours() + d.getUTCMinutes() / 60 + d.getUTCSeconds() / 3600 + d.getUTCMilliseconds() / 36e5,
    };
    const turn = {
      month: (d: Date) => {
        const length = new Date(Date.UTC(d.getUTCFullYear(), d.getUTCMonth() + 1, 0)).getUTCDate();
        return (d.getUTCMonth() + (d.getUTCDate() - 1 + part.hour(d) / 24) / length) / 12;
      },
      weekday: (d: Date) => part.weekday(d) / 7,
      hour: (d: Date) => part.hour(d) / 24,
    };
    spec.calendar!.forEach(({ part: name, form, mean, scale }, i) => {
      hourly.forEach(({ d }, r) => {
        const angle = name === 'year' ? 0 : 2 * Math.PI * turn[name](d);
        const expected = form === 'number' ? part[name](d) : form === 'sine' ? Math.sin(angle) : Math.cos(angle);
        expect(Math.abs(columns[i + 1]![r]! - (expected - mean) / scale)).toBeLessThan(1e-9);
      });
    });
  });

  test('are those that vary', async () => {
    const at = async (times: number[]) => namesOf((await dated(times.map((t) => ({ d: new Date(t) })))).spec);
    const start = Date.UTC(2023, 4, 3);
    expect(await at([start, start + DAY, start + 2 * DAY])).toEqual(three('weekday'));
    expect(await at([start, start + HOUR])).toEqual(three('hour'));
    expect(await at([start, start + 7 * DAY])).toEqual([]);
    expect(await at([Date.UTC(2020, 0, 6), Date.UTC(2025, 0, 6)])).toEqual(['year number']);
    expect(await at([Date.UTC(1969, 11, 31, 23), Date.UTC(1969, 11, 31, 22)])).toEqual(three('hour'));
  });

  test('are the same of dates, text and milliseconds, and 0 where a date is missing', async () => {
    const { encoder } = await dated(hourly.slice(0, 50));
    const some = hourly.slice(3, 9);
    const of = (d: (date: Date) => unknown) => [
      ...encoder.encode(table(some.map((row) => ({ d: d(row.d) })) as Rows), 'float64'),
    ];
    const expected = of((d) => d);
    expect(of((d) => d.toISOString())).toEqual(expected);
    expect(of((d) => d.getTime())).toEqual(expected);
    expect(of((d) => d.toISOString().replace('Z', '+00:00'))).toEqual(expected);
    expect(of((d) => d.toISOString().replace('T', ' ').slice(0, -1))).toEqual(expected); // no zone: UTC
    const gap = encoder.encode(table([{ d: null }, ...some] as Rows), 'float64');
    expect([...gap.subarray(0, encoder.inputs)]).toEqual(new Array(encoder.inputs).fill(0));
    expect([...gap.subarray(encoder.inputs)]).toEqual(expected);
  });

  test('of a stream are all that may vary later', async () => {
    const { spec, encoder } = await dated([{ d: '2024-02-29T12:00' }], true);
    expect(namesOf(spec)).toEqual([...three('month'), ...three('weekday'), ...three('hour')]);
    expect([...encoder.encode(table([{ d: '2030-07-01T18:00' }]), 'float64')].every(Number.isFinite)).toBe(true);
    expect(namesOf((await dated([{ d: '2024-02-29' }], true)).spec)).toEqual([...three('month'), ...three('weekday')]);
  });

  test('of chunks are those of all', async () => {
    const learner = new ColumnsLearner(true);
    for (let first = 0; first < hourly.length; first += 1000) await learner.add(table(hourly.slice(first, first + 1000))).look();
    const parts = Encoder.of(learner).spec.columns[0] as { calendar: readonly { mean: number; scale: number }[] };
    const whole = (await dated(hourly)).spec;
    expect(namesOf(parts as never)).toEqual(namesOf(whole));
    whole.calendar!.forEach(({ mean, scale }, i) => {
      expect(parts.calendar[i]!.mean).toBeCloseTo(mean, 9);
      expect(parts.calendar[i]!.scale).toBeCloseTo(scale, 9);
    });
  });
});

test.each(['rows', 'chunks', 'file'])('a daily cycle and weekends are learned (%s)', async (way) => {
  const draw = draws(7);
  const rows = Array.from({ length: 24 * 60 }, (_, i) => ({ time: new Date(Date.UTC(2022, 0, 1) + i * HOUR).toISOString() }));
  const load = rows.map(({ time }) => {
    const d = new Date(time);
    const weekend = d.getUTCDay() % 6 === 0 ? -20 : 0;
    return 100 + 30 * Math.sin(((d.getUTCHours() - 6) * Math.PI) / 12) + weekend + 4 * draw.normal();
  });
  // Every fifth is held out.
  const pick = <T>(list: readonly T[], held: boolean) => list.filter((_, i) => (i % 5 === 2) === held);
  const [known, targets] = [pick(rows, false), pick(load, false)];
  const options = { seed: 1, hidden: 16, weightDecay: 1e-4, epochs: 60 };
  using model = await (way === 'chunks'
    ? Regressor.fit(
        () =>
          [
            [known.slice(0, 500), targets.slice(0, 500)],
            [known.slice(500), targets.slice(500)],
          ] as const,
        options,
      )
    : Regressor.fit(known, targets, options));
  using used = way === 'file' ? ((await loadModel(model.toBytes())) as Regressor) : model;
  expect(used.columns).toEqual(model.columns);
  expect(used.evaluate(pick(rows, true), pick(load, true)).r2).toBeGreaterThan(0.9);
  if (way === 'rows') {
    expect(model.history.advice).toMatch(/column "time" rises from row to row.*order: 'time'/);
    await used.partialFit(known.slice(0, 20), targets.slice(0, 20));
    expect(used.columns[0]).toMatchObject({ calendar: (model.columns[0] as { calendar: readonly object[] }).calendar });
  }
});
