// The head in a page: trained in the page's own thread, which goes on to answer clicks.

import { createHead, embeddings, train } from './head.mjs';

const [classes, button, stop, progress, output] = ['input', '#train', '#stop', 'progress', 'output'].map((name) =>
  document.querySelector(name),
);

button.onclick = async () => {
  const { x, y } = embeddings(500, 1280, classes.valueAsNumber);
  const head = createHead(1280, classes.valueAsNumber);
  stop.onclick = () => {
    head.stopTraining = true;
  };
  [button.disabled, stop.disabled] = [true, false];
  const begun = performance.now();
  await train(head, x, y, {
    onEpochEnd: (epoch, { loss, acc }) => {
      progress.value = epoch + 1;
      output.value = `loss ${loss.toFixed(4)}, accuracy ${acc.toFixed(3)}`;
    },
  });
  output.value += `, ${(performance.now() - begun).toFixed()} ms`;
  [button.disabled, stop.disabled] = [false, true];
  head.dispose();
  x.dispose();
  y.dispose();
};
