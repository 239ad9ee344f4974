// The sensor classifier in Node: node examples/tfjs-sensors/node.mjs

import { Worker } from 'node:worker_threads';
import { Retraining } from './retraining.mjs';
import { recognise, recorded } from './sensors.mjs';

const GESTURES = ['still', 'shake', 'circle', 'tap'];
const worker = new Worker(new URL('worker.mjs', import.meta.url));
let epochs = 0;
const retraining = new Retraining(worker, GESTURES.length, () => epochs++);

await retraining.add(...Array.from({ length: 156 }, (_, i) => recorded(i % GESTURES.length)));
for (let gesture = 0; gesture < GESTURES.length; gesture++) {
  const before = performance.now();
  const { model, history } = await retraining.add(recorded(gesture));
  const time = performance.now() - before;
  const sure = recognise(model, recorded(gesture).features);
  const said = GESTURES[sure.indexOf(Math.max(...sure))];
  console.log(
    `a sample of '${GESTURES[gesture]}' more: ${epochs} epochs so far, this training ${time.toFixed()} ms, ` +
      `validation accuracy ${history.val_acc.at(-1).toFixed(2)}; the next one is taken for '${said}'`,
  );
  model.dispose();
}
await worker.terminate();
