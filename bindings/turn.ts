// The event loop's turns.

import { globalOf } from './features.js';

/** The next turn of the event loop. Timers would wait for 4 ms in a page; a message does not. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    const soon = globalOf('setImmediate');
    if (soon) {
      soon(resolve);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
