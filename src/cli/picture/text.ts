// How wide a text is, without a browser that could say: never less than in the widest of usual fonts.

/** Widths in ems of DejaVu Sans and Verdana, rounded up; what is in no group is as wide as the last. */
const GROUPS: readonly (readonly [RegExp, number])[] = [
  [/[ijl|.,:;'!·]/, 0.42],
  [/[frtI()[\]{}/\\ \-"*°]/, 0.5],
  [/[a-z0-9_?$€<>=+^~−×⁰¹²³⁴-⁹⁻]/, 0.7],
  [/[A-LN-VX-Z&#…–\u00c0-\u02af\u0370-\u052f]/, 0.82],
];
const WIDE: readonly (readonly [RegExp, number])[] = [[/[mwMW@%—]/, 1.02], ...GROUPS];
const WIDEST = 1.25;

/** The width of a text in a font of this size, at most. */
export function widthOf(text: string, size: number): number {
  let width = 0;
  for (const character of text) width += WIDE.find(([pattern]) => pattern.test(character))?.[1] ?? WIDEST;
  return width * size;
}

/** A name of at most so many characters; longer ones lose their middle, since names that begin alike often differ at the end. */
export function cut(name: string, most: number): string {
  const characters = Array.from(name);
  if (characters.length <= most) return name;
  const end = Math.floor((most - 1) * 0.4);
  return `${characters.slice(0, most - 1 - end).join('')}…${characters.slice(characters.length - end).join('')}`;
}

/** A text that is no wider than this, cut with … where it would be. */
export function fitted(text: string, size: number, width: number): string {
  if (widthOf(text, size) <= width) return text;
  const kept = Array.from(text);
  while (kept.length > 0 && widthOf(`${kept.join('')}…`, size) > width) kept.pop();
  return `${kept.join('').trimEnd()}…`;
}
