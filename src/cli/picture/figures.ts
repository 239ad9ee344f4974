// Numbers as people read them: thousands apart, no more digits than matter, no zeros in rows.

import { format } from 'd3-format';

const whole = format(',d');
const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** A power of ten, as it is printed. */
function powerOfTen(exponent: number): string {
  const digits = Array.from(String(Math.abs(exponent)), (digit) => SUPERSCRIPTS[Number(digit)]).join('');
  return `10${exponent < 0 ? '⁻' : ''}${digits}`;
}

/** A number in at most so many significant digits; integers below a million in all of theirs. */
export function figure(x: number, digits = 4): string {
  if (Number.isNaN(x)) return '–';
  if (!Number.isFinite(x)) return x > 0 ? '∞' : '−∞';
  const size = Math.abs(x);
  if (size === 0) return '0';
  if (Number.isInteger(x) && size < 1e6) return whole(x);
  if (size >= 1e-4 && size < 1e6) {
    const after = digits - 1 - Math.floor(Math.log10(size));
    return format(`,.${Math.max(0, Math.min(after, 12))}~f`)(x);
  }
  const [mantissa, exponent] = size.toExponential(digits - 1).split('e') as [string, string];
  const factor = String(Number(mantissa));
  return `${x < 0 ? '−' : ''}${factor === '1' ? '' : `${factor} × `}${powerOfTen(Number(exponent))}`;
}

/** A number with so many decimals; what rounds to 0 has no sign. */
export function decimal(x: number, decimals: number): string {
  const text = format(`,.${decimals}f`)(x);
  return /[1-9]/.test(text) ? text : text.replace('−', '');
}

/** A share in per cent. */
export function percent(share: number, decimals = 1): string {
  return Number.isFinite(share) ? `${format(`.${decimals}f`)(100 * share)} %` : '–';
}
