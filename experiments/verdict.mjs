// What an experiment's numbers say about its claim, by thresholds that its program has from the beginning.

/**
 * A part of a claim: a median and its interval, and what it is to be below or above. It holds where the whole interval does.
 * @param what in words, as a row of the page's table
 * @param found `{ estimate, low, high }`
 * @param limit `{ below }` or `{ above }`
 */
export function part(what, { estimate, low, high }, { below, above }) {
  const [wanted, opposite] = below === undefined ? [low > above, high < above] : [high < below, low > below];
  return {
    what,
    found: { estimate, low, high },
    wanted: below === undefined ? `above ${above}` : `below ${below}`,
    outcome: wanted ? 'yes' : opposite ? 'no' : 'not shown',
  };
}

/** A part without chance. @param found what was seen, as text */
export const fact = (what, found, wanted, holds) => ({ what, found, wanted, outcome: holds ? 'yes' : 'no' });

/** Confirmed where all parts hold, refuted where none does; else it depends. */
export function judged(parts) {
  const held = parts.filter(holds).length;
  return { verdict: held === parts.length ? 'confirmed' : held === 0 ? 'refuted' : 'depends', parts };
}

const holds = ({ outcome }) => outcome === 'yes';

/** What a verdict depends on: how many parts hold, and the names of those, or of the others if they are fewer. */
export function dependsOn(parts) {
  const names = distinct(parts.map(({ what }) => what));
  const those = (held) => names.filter((_, i) => holds(parts[i]) === held);
  const [held, open] = [those(true), those(false)];
  const against = parts.filter(({ outcome }) => outcome === 'no').length;
  const which = held.length < open.length ? `only these: ${held.join('; ')}` : `all but these: ${open.join('; ')}`;
  return `${held.length} of ${parts.length} parts hold, ${which}${against > 0 ? `. The opposite holds of ${against}` : ''}`;
}

/** Names without the end that all of them have after a colon. */
function distinct(names) {
  const end = /:[^:]*$/.exec(names[0])?.[0];
  return end && names.every((name) => name.endsWith(end)) ? names.map((name) => name.slice(0, -end.length)) : names;
}
