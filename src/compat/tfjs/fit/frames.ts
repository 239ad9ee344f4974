// Turns for others while a model is trained.

import { turn } from '../../../../bindings/turn.js';

/** What `yieldEvery: 'auto'` means, in milliseconds. */
const AUTO = 125;

/** How often others get a turn. */
export type YieldEvery = 'auto' | 'batch' | 'epoch' | 'never' | number;

/** The next frame of a page that is seen; elsewhere, where frames would never come, the next turn of the event loop. */
export function nextFrame(): Promise<void> {
  const { requestAnimationFrame: frame, document } = globalThis as Partial<typeof globalThis>;
  if (!frame || document?.visibilityState === 'hidden') return turn();
  return new Promise((resolve) => void frame(() => resolve()));
}

/** Milliseconds between turns, where they are counted. */
export function interval(every: YieldEvery | null | undefined): number | 'batch' | 'epoch' | 'never' {
  return every === null || every === undefined || every === 'auto' || every === 0 ? AUTO : every;
}
