// What the library's table says of activations, against their curves.

import { describe, expect, test } from 'vitest';
import { ACTIVATIONS, ACTIVATION_NAMES, type Activation } from '../../src/layers/activations.js';
import { FUNCTIONS } from '../gradients.twin.js';

const NAMES = ACTIVATION_NAMES.filter((name): name is Exclude<Activation, 'softmax'> => name !== 'softmax');
const PLACES = Array.from({ length: 4001 }, (_, i) => (i - 2000) / 100); // from −20 to 20

describe.each(NAMES)('%s', (name) => {
  const { sigmoidal, targets, range, slope = 0 } = ACTIVATIONS[name];
  const at = (y: number) => FUNCTIONS[name](y, slope);

  test('outputs are in its range, and come near to ends that are finite', () => {
    const [low, high] = range(slope);
    const outputs = PLACES.map((y) => at(y)[0]);
    const [least, most] = [Math.min(...outputs), Math.max(...outputs)];
    expect(least).toBeGreaterThanOrEqual(low);
    expect(most).toBeLessThanOrEqual(high);
    if (low > -Infinity) expect(least - low).toBeLessThan(0.05);
    if (high < Infinity) expect(high - most).toBeLessThan(0.05);
  });

  test('it is called a sigmoid if it is steepest in the middle and as flat at one end as at the other', () => {
    const [left, middle, right] = [at(-20)[1], at(0)[1], at(20)[1]];
    expect(sigmoidal).toBe(Math.abs(left - right) < 0.01 && middle > left + 0.1);
  });

  // Of softsign f′ bends most at 0.
  test.runIf(sigmoidal && name !== 'softsign')('its targets are where f′ bends most, but for what grows without bound', () => {
    const curve = (y: number) => at(y)[0] - (name === 'twistedTanh' ? slope * y : 0);
    const bend = (y: number) => (at(y + 0.01)[1] - at(y - 0.01)[1]) / 0.02;
    const byBend = [...PLACES].sort((a, b) => bend(a) - bend(b));
    expect(targets!.high).toBeCloseTo(curve(byBend[0]!), 1);
    expect(targets!.low).toBeCloseTo(curve(byBend.at(-1)!), 1);
  });

  test('where it has a flat side, f′ vanishes there, and not elsewhere', () => {
    const { flatSide } = ACTIVATIONS[name];
    for (const y of flatSide ? [-20, 20] : []) expect(flatSide!(at(y)[0])).toBe(at(y)[1] < 1e-6 ? Math.sign(y) : 0);
  });
});
