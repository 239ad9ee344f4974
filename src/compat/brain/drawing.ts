// A network as a picture: inputs as squares, units as circles, weights as lines.

export interface LineStyle {
  width: number | string;
  color: string;
  className?: string;
}

export interface NodeStyle {
  color: string;
  className?: string;
}

/** How it is drawn. */
export interface Drawing {
  width: number;
  height: number;
  radius: number;
  line: LineStyle;
  inputs: NodeStyle & { labels?: readonly string[] | null };
  hidden: NodeStyle;
  outputs: NodeStyle;
  fontSize: string;
  fontClassName?: string;
}

/** Text of an attribute or element, which labels and colours may not leave. */
const safe = (value: unknown) => String(value).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/** An element with its attributes; those without a value are left out. */
function element(name: string, attributes: Record<string, unknown>, content?: string): string {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
  const head = [name, ...given.map(([key, value]) => `${key}="${safe(value)}"`)].join(' ');
  return content === undefined ? `<${head} />` : `<${head}>${content}</${name}>`;
}

/** What is drawn for a network of layers `sizes`. */
export function drawing(sizes: readonly number[], options: Drawing): string {
  const { width, height, radius, line, inputs, hidden, outputs, fontSize, fontClassName } = options;
  const step = width / sizes.length;
  const x = (layer: number) => step / 2 + layer * step;
  const y = (layer: number, unit: number) => height / sizes[layer]! / 2 + (unit * height) / sizes[layer]!;
  const stroke = { style: `stroke:${line.color};stroke-width:${line.width}`, class: line.className };
  const connection = (x1: number, y1: number, x2: number, y2: number) => element('line', { x1, y1, x2, y2, ...stroke });
  const node = ({ color, className }: NodeStyle) => ({ stroke: 'black', 'stroke-width': 1, fill: color, class: className });
  const parts: string[] = [];
  sizes.forEach((units, layer) => {
    for (let unit = 0; unit < units; unit++) {
      const at = y(layer, unit);
      if (layer === 0) {
        const side = 2 * radius;
        parts.push(element('rect', { x: x(0) - radius, y: at - radius, width: side, height: side, ...node(inputs) }));
        parts.push(connection(step / 4, at, x(0) - radius, at));
        const label = inputs.labels?.[unit];
        const font = { x: step / 8, y: at - 5, fill: 'black', 'font-size': fontSize, class: fontClassName };
        if (label !== undefined) parts.push(element('text', font, safe(label)));
        continue;
      }
      const last = layer === sizes.length - 1;
      parts.push(element('circle', { cx: x(layer), cy: at, r: radius, ...node(last ? outputs : hidden) }));
      if (last) parts.push(connection(x(layer) + radius, at, x(layer) + step / 4, at));
      for (let below = 0; below < sizes[layer - 1]!; below++) {
        parts.push(connection(x(layer - 1) + radius, y(layer - 1, below), x(layer) - radius, at));
      }
    }
  });
  const namespaces = { xmlns: 'http://www.w3.org/2000/svg', 'xmlns:xlink': 'http://www.w3.org/1999/xlink', version: '1.1' };
  return element('svg', { ...namespaces, width, height }, parts.join(''));
}
