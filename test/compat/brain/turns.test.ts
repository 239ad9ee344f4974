// trainAsync and the event loop: turns between parts of an epoch and of the data, and the same weights.

import { afterEach, describe, expect, test, vi } from 'vitest';
import { LINES, numbersOf, seeded, uniform } from './support.js';

afterEach(() => void vi.restoreAllMocks());

/** Makes every look at the clock one at a slice that is used up. */
function slowly(): void {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => (now += 50));
}

/** How many turns the event loop has while a promise is pending. */
async function turnsOf(promise: Promise<unknown>): Promise<number> {
  let [turns, isPending] = [0, true];
  const done = promise.finally(() => {
    isPending = false;
  });
  const count = () => {
    if (!isPending) return;
    turns++;
    setImmediate(count);
  };
  setImmediate(count);
  await done;
  return turns;
}

const rowsOf = (count: number, inputs: number) =>
  Array.from({ length: count }, (_, i) => ({
    input: Array.from({ length: inputs }, (_, k) => Math.sin(i + 3 * k)),
    output: [(i % 3) / 2],
  }));

describe.each(LINES)('%s', (_, brain) => {
  test.each([{}, { praxis: 'adam', learningRate: 0.02 }, { normalize: true }])(
    'with %j: turns within an epoch, and the bits of train',
    async (given) => {
      const data = rowsOf(60, 5);
      const errors: number[][] = [[], []];
      const options = { ...given, iterations: 3, errorThresh: 0, callbackPeriod: 1 };
      const [net, slow] = [new brain.NeuralNetwork(), new brain.NeuralNetwork()];
      const state = seeded(5, () =>
        net.train(data, { ...options, callback: ({ error }: { error: number }) => errors[0]!.push(error) }),
      );
      slowly();
      const training = seeded(5, () =>
        slow.trainAsync(data, { ...options, callback: ({ error }: { error: number }) => errors[1]!.push(error) }),
      );
      expect(await turnsOf(training)).toBeGreaterThan(100);
      expect(await training).toEqual(state);
      expect(errors[1]).toEqual(errors[0]);
      expect(numbersOf(slow)).toEqual(numbersOf(net));
    },
  );

  test('a network that is begun anew within an epoch learns that epoch from its first row', async () => {
    const data = rowsOf(20, 3);
    slowly();
    const net = new brain.NeuralNetwork();
    const training = net.trainAsync(data, { iterations: 2, errorThresh: 0 });
    setImmediate(() => net.initialize());
    expect(await training).toEqual({ iterations: 2, error: expect.any(Number) });
  });

  describe('many rows', () => {
    /** Of more than 32,768 numbers; tells when the last row is looked at. */
    const many = (last: () => void, input: (i: number) => unknown) =>
      Array.from({ length: 4200 }, (_, i) => {
        const row = { input: input(i), output: [0.5] };
        return i < 4199
          ? row
          : {
              output: [0.5],
              get input() {
                last();
                return row.input;
              },
            };
      });
    const array = (i: number) => Array.from({ length: 8 }, (_, k) => Math.cos(i * k));
    const keys = (i: number) => Object.fromEntries(array(i).map((value, k) => [`k${(k + i) % 9}`, value]));

    test.each([
      ['arrays', array],
      ['objects', keys],
    ])('as %s: are looked at in turns, and trained on as by train', async (_, input) => {
      const last = vi.fn();
      const options = { iterations: 1, errorThresh: 0 };
      const [net, slow] = [new brain.NeuralNetwork({ hiddenLayers: [3] }), new brain.NeuralNetwork({ hiddenLayers: [3] })];
      const random = vi.spyOn(Math, 'random').mockImplementation(uniform(9));
      net.train(
        many(() => undefined, input),
        options,
      );
      random.mockImplementation(uniform(9));
      slowly();
      const training = slow.trainAsync(many(last, input), options);
      expect(last).not.toHaveBeenCalled();
      await training;
      expect(last).toHaveBeenCalled();
      expect(slow.inputLookup).toEqual(net.inputLookup);
      expect(numbersOf(slow)).toEqual(numbersOf(net));
    });

    test('options are refused before any row is looked at', async () => {
      const last = vi.fn();
      await expect(new brain.NeuralNetwork().trainAsync(many(last, array), { iterations: -1 })).rejects.toThrow('iterations');
      expect(last).not.toHaveBeenCalled();
    });

    test('whoever replaces formatData sees them as they are', async () => {
      const net = new brain.NeuralNetwork();
      const formatData = vi.spyOn(net, 'formatData');
      const data = many(() => undefined, array);
      await net.trainAsync(data, { iterations: 1 });
      expect(formatData.mock.calls[0]![0]).toBe(data);
    });
  });
});
