// Markup as text: attributes and contents are escaped where they are put in, so that nothing from a file is taken for markup.

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Characters that no HTML may hold, controls and halves of pairs, as the sign for what cannot be shown. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
const UNPRINTABLE = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]|\p{Cs}/gu;

/** Markup, as opposed to text. */
export class Markup {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text;
  }
}

export function escaped(text: string): string {
  return text.replace(UNPRINTABLE, '\ufffd').replace(/[&<>"']/g, (c) => ENTITIES[c]!);
}

type Content = Markup | string | number | undefined | readonly Content[];

function contentOf(content: Content): string {
  if (content === undefined) return '';
  if (content instanceof Markup) return content.text;
  if (typeof content === 'object') return content.map(contentOf).join('');
  return escaped(String(content));
}

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Coordinates in tenths of a hundredth: nobody sees less, and files stay small. */
const attributeOf = (value: string | number) => (typeof value === 'number' ? String(Number(value.toFixed(2))) : value);

const VOID = new Set(['meta', 'path', 'rect', 'circle', 'line', 'col']);

/** An element of HTML or SVG. */
export function element(name: string, attributes: Attributes = {}, ...contents: Content[]): Markup {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
  const start = [name, ...given.map(([key, value]) => `${key}="${escaped(attributeOf(value!))}"`)].join(' ');
  if (VOID.has(name)) return new Markup(`<${start}/>`);
  return new Markup(`<${start}>${contentOf(contents)}</${name}>`);
}

/** Pieces of markup one after the other. */
export function together(...contents: Content[]): Markup {
  return new Markup(contentOf(contents));
}

/** A picture, which shrinks with what holds it. @param label what it shows, for those who do not see it */
export function picture(width: number, height: number, label: string, ...contents: Content[]): Markup {
  const size = { viewBox: `0 0 ${width} ${height}`, width, height };
  return element(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', class: 'picture', role: 'img', 'aria-label': label, ...size },
    contents,
  );
}
