// Numbers as text.

export const number = (x) => Number(x.toPrecision(3)).toLocaleString('en-US', { maximumSignificantDigits: 3 });
export const percent = (x) => `${(100 * x).toFixed(0)} %`;

/** Bytes with a unit of 1024. */
export function size(bytes) {
  const power = Math.min(3, Math.floor(Math.log2(bytes) / 10));
  return `${number(bytes / 1024 ** power)} ${['B', 'KB', 'MB', 'GB'][power]}`;
}
