// The sensor classifier in a page: each button records a sample, and the model is trained again.

import { Retraining } from './retraining.mjs';
import { recognise, recorded } from './sensors.mjs';

const buttons = [...document.querySelectorAll('button[data-gesture]')];
const [progress, output] = ['progress', 'output'].map((name) => document.querySelector(name));
const worker = new Worker(new URL('./worker.mjs', import.meta.url), { type: 'module' });
const retraining = new Retraining(worker, buttons.length, ({ done }) => {
  progress.value = done;
});

async function train(...samples) {
  for (const button of buttons) button.disabled = true;
  const begun = performance.now();
  const { model, history } = await retraining.add(...samples);
  const time = performance.now() - begun;
  const right = buttons.filter((_, gesture) => {
    const sure = recognise(model, recorded(gesture).features);
    return sure.indexOf(Math.max(...sure)) === gesture;
  });
  output.value = `Trained in ${time.toFixed()} ms, accuracy ${history.acc.at(-1).toFixed(2)}; ${right.length} of ${buttons.length} new gestures are recognised.`;
  model.dispose();
  for (const button of buttons) button.disabled = false;
}

for (const [gesture, button] of buttons.entries()) button.onclick = () => train(recorded(gesture));
await train(...buttons.flatMap((_, gesture) => Array.from({ length: 5 }, () => recorded(gesture))));
