// What the library promises, checked against what was measured.

const ratio = (times, peer) =>
  times?.[peer] && times['efficient-backprop'] ? times[peer].median / times['efficient-backprop'].median : undefined;

const number = (x) => Number(x.toPrecision(3)).toLocaleString('en-US', { maximumSignificantDigits: 3 });

/** A list of [{ what, found, least | most, unit, met }], and how to add to it; what was not measured is left out. */
export function checks() {
  const list = [];
  const add = (what, found, bound, unit = '') => {
    if (found === undefined) return;
    const met = 'least' in bound ? found >= bound.least : found <= bound.most;
    list.push({ what, found, ...bound, unit, met });
  };
  return { list, add };
}

export function show(list) {
  console.table(
    list.map(({ what, found, least, most, unit, met }) => ({
      what,
      found: `${number(found)}${unit}`,
      target: least === undefined ? `≤ ${most}${unit}` : `≥ ${least}${unit}`,
      met: met ? 'yes' : 'NO',
    })),
  );
}

/** What was measured of products, the ladder and start-up, judged by `add`. */
export function judge({ products = [], ladder = [], firstCall, bundle }, add) {
  for (const numerics of ['strict', 'relaxed']) {
    for (const precision of ['float32', 'float64']) {
      const of = products.filter((p) => p.precision === precision && p.numerics === numerics);
      const least = (sizes) => {
        const shares = of.filter(({ size }) => sizes(size)).map(({ share }) => share * 100);
        return shares.length ? Math.min(...shares) : undefined;
      };
      const bound = { least: numerics === 'strict' ? 88 : 94 };
      add(
        `${precision} products, ${numerics}: share of the limit, the least from 192³ up`,
        least((n) => n >= 192),
        bound,
        '%',
      );
      add(
        `${precision} products, ${numerics}: share of the limit at 48³`,
        least((n) => n === 48),
        { least: 75 },
        '%',
      );
    }
  }
  for (const { rung, batch, sizes, times, share } of ladder) {
    if (sizes[0] === 784 && batch >= 32)
      add(`${rung}: products at the limit, share of the step`, share && share * 100, { least: batch >= 128 ? 82 : 72 }, '%');
    const small = sizes.join() === '4,16,3';
    const hard = (sizes[0] === 784 && batch >= 32) || sizes[0] === 8;
    const least = small ? (batch === 1 ? 500 : 120) : hard ? 17 : 20;
    add(`${rung}: times faster than tfjs-wasm`, ratio(times, 'tfjs-wasm'), { least }, '×');
    if (batch === 1) add(`${rung}: times faster than brain.js`, ratio(times, 'brain.js'), { least: small ? 3 : 20 }, '×');
  }
  add('first call (import, compile, first step)', firstCall?.median, { most: 50 }, ' ms');
  add('bundle for pages, gzipped', bundle && bundle / 1000, { most: 100 }, ' KB');
}
