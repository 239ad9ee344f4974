// What tables of numbers and categories need nothing of, loaded where there are others: dates, numbers in text with other cells
// among them, columns of which the caller says what they are, keys that records lack.

export { DateTally, encodeDates } from './calendar.js';
export { categoryFrom, numberFrom } from './conversions.js';
export { lacking } from './lacking.js';
export { noticesOf, refuseOdd } from './odd-cells.js';
