// What users should know, and hear once.

const said = new Set<string>();

/** Says something about an entry on the console, the first time only. */
export function note(entry: string, text: string): void {
  if (said.has(text)) return;
  said.add(text);
  console.warn(`efficient-backprop/${entry}: ${text} (said once; docs/brain.md)`);
}
