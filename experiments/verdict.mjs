// What an experiment's numbers say about its claim, by thresholds that its program has from the beginning.

/**
 * A part of a claim: a median and its interval, and what it is to be below or above. It holds where the whole interval does.
 * @param what in words, as a row of the page's table
 * @param found `{ estimate, low, high }`
 * @param limit `{ below }` or `{ above }`
 */
export function part(what, { estimate, low, high }, { below, above }) {
  const [holds, opposite] = below === undefined ? [low > above, high < above] : [high < below, low > below];
  return {
    what,
    found: { estimate, low, high },
    wanted: below === undefined ? `above ${above}` : `below ${below}`,
    outcome: holds ? 'yes' : opposite ? 'no' : 'not shown',
  };
}

/** A part without chance. @param found what was seen, as text */
export const fact = (what, found, wanted, holds) => ({ what, found, wanted, outcome: holds ? 'yes' : 'no' });

/**
 * Confirmed where all parts hold, refuted where none does; else it depends.
 * @param on what it depends on, in words, where it does
 */
export function judged(parts, on) {
  const held = parts.filter(({ outcome }) => outcome === 'yes').length;
  if (held === parts.length) return { verdict: 'confirmed', parts };
  return held === 0 ? { verdict: 'refuted', parts } : { verdict: 'depends', on, parts };
}
