// `efficient-backprop/table`: tables from files, pages and streams.

export { DataTable } from './data-table.js';
export { InputError, type FilePlace } from './input-error.js';
export type { TableColumn } from './types/table-column.js';
export type { TableOptions } from './options.js';
export { ScannedTable, readTable, scanTable } from './read-table.js';
export type { TableSource } from './sources/source.js';
