/**
 * Does so many fits; throws where one gives other bits than the first of its kind. Returns by how many bytes the process has
 * grown since half of them were done.
 */
export function stress(library: typeof import('../src/index.js'), count: number): Promise<{ resident: number }>;
