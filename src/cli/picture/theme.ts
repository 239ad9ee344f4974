// Colours and type of pictures and of the pages that hold them, in light and in dark.

/** How many series have colours of their own. */
export const SERIES = 8;

/**
 * Colours of series: as far apart as eight can be in the eyes of those who see all colours and of each of the three colour
 * blindnesses, and three times as dark or as bright as the background. They never repeat: what is beyond them is `other`.
 */
export const COLOURS = {
  light: ['#118fff', '#804b00', '#fa00c2', '#290078', '#9b8b11', '#56757a', '#541111', '#474763'],
  dark: ['#8a9eff', '#b94312', '#8fff71', '#dfc7d8', '#e3995d', '#645dec', '#9d7a93', '#ffffff'],
} as const;

/** Dashes of lines, series by series, for who sees no colours at all. */
export const DASHES = [undefined, '7 3', '2 3', '9 3 2 3', '4 2', '12 4', '2 2 7 2', '1 4'] as const;

const PAPER = {
  light: {
    paper: '#ffffff',
    ink: '#1d2126',
    faint: '#59616b',
    grid: '#e2e5e9',
    band: '#f4f6f8',
    fill: '#0072b2',
    other: '#8d949c',
  },
  dark: {
    paper: '#14181d',
    ink: '#e6e9ed',
    faint: '#a4adb8',
    grid: '#2e353d',
    band: '#1d232a',
    fill: '#5cb8f0',
    other: '#7d8793',
  },
} as const;

type Mode = keyof typeof PAPER;

function variables(mode: Mode): string {
  const named = Object.entries(PAPER[mode]).map(([name, colour]) => `--${name}:${colour}`);
  return [...named, ...COLOURS[mode].map((colour, i) => `--series-${i}:${colour}`)].join(';');
}

/** The colour of a series, or of those beyond the last. */
export const seriesColour = (index: number): string => (index < SERIES ? `var(--series-${index})` : 'var(--other)');

/** Type sizes of pictures, in units of their view boxes. */
export const TYPE = { label: 12, gap: 6 } as const;

/** The style of pictures. */
export const PICTURE_STYLE = `
:root{color-scheme:light dark;${variables('light')}}
@media (prefers-color-scheme:dark){:root{${variables('dark')}}}
@media print{:root{color-scheme:light;${variables('light')}}}
.picture{display:block;max-width:100%;height:auto;font:${TYPE.label}px system-ui,sans-serif}
.picture text{fill:var(--ink)}
.picture .tick{fill:var(--faint)}
.picture .grid{stroke:var(--grid);fill:none}
.picture .axis{stroke:var(--faint);fill:none}
.picture .guide{stroke:var(--faint);stroke-dasharray:4 4;fill:none}
.picture .bar{fill:var(--fill)}
.picture .dot{fill:var(--fill);fill-opacity:.55}
.picture .line{fill:none;stroke-width:2;stroke-linejoin:round}
.picture .thin{stroke-width:1}
`;
