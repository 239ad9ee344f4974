// The head in Node: node examples/tfjs-teachable/node.mjs

import * as tf from '@tensorflow/tfjs-core';
import { createHead, embeddings, rowsOf, train } from './head.mjs';

for (const [rows, size, classes] of [
  [50, 1280, 3],
  [500, 1024, 5],
  [2000, 1280, 10],
]) {
  const all = embeddings(rows + 100, size, classes);
  const [seen, unseen] = [rowsOf(all, 0, rows), rowsOf(all, rows, 100)];
  const head = createHead(size, classes);
  const before = performance.now();
  const { history } = await train(head, seen.x, seen.y);
  const time = performance.now() - before;
  const said = tf.tidy(() => tf.argMax(head.predict(unseen.x), -1).dataSync());
  const right = unseen.labels.filter((label, row) => label === said[row]).length;
  console.log(
    `${rows} embeddings of ${size} numbers, ${classes} classes: ${time.toFixed()} ms, loss ${history.loss.at(-1).toFixed(4)}, ` +
      `${right} of ${said.length} unseen ones are recognised`,
  );
  head.dispose();
}
