// What users should know, and hear once.

const said = new Set<string>();

/**
 * Says something about an entry on the console, the first time only.
 * @param about what it is about, where texts of one subject differ
 */
export function note(entry: string, text: string, about = text): void {
  if (said.has(about)) return;
  said.add(about);
  console.warn(`efficient-backprop/${entry}: ${text} (said once; docs/brain.md)`);
}
