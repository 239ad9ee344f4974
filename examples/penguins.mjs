// Learns to tell three species of penguins apart: from a table to a model file and back.
// Run it by `npm start`. In a project of your own, import from 'efficient-backprop'.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Classifier, loadModel } from '../dist/index.js';

// 1. The data: a record for each penguin. An empty cell is a missing value; the library fills it.
const csv = await readFile(new URL('data/penguins.csv', import.meta.url), 'utf8');
const [header, ...lines] = csv
  .trim()
  .split('\n')
  .map((line) => line.split(','));
const penguins = lines.map((cells) =>
  Object.fromEntries(
    cells.map((cell, i) => {
      const isNumber = cell !== '' && Number.isFinite(Number(cell));
      return [header[i], isNumber ? Number(cell) : cell];
    }),
  ),
);

// 2. Every fifth penguin is held out: the model must not have seen what it is measured on.
const inputs = penguins.map(({ species, ...measures }) => measures);
const species = penguins.map((penguin) => penguin.species);
const part = (list, held) => list.filter((_, i) => (i % 5 === 0) === held);

// 3. Training. No options are needed; the seed makes the run repeatable.
console.log(`Training on ${part(inputs, false).length} of ${penguins.length} penguins …`);
const model = await Classifier.fit(part(inputs, false), part(species, false), { seed: 1 });
const { hidden, by } = model.history.chosen;
console.log(
  `Chosen by ${by}: ${hidden.length > 0 ? `${hidden} hidden units` : 'a linear model'}; ${(model.history.time / 1000).toFixed(1)} s.`,
);

// 4. How good is it?
const { accuracy, confusionMatrix } = model.evaluate(part(inputs, true), part(species, true));
console.log(`Held-out accuracy: ${(100 * accuracy).toFixed(1)} % of ${part(inputs, true).length} penguins.`);
console.table(
  Object.fromEntries(
    model.classes.map((name, i) => [
      name,
      Object.fromEntries(model.classes.map((said, j) => [`said ${said}`, confusionMatrix[i][j]])),
    ]),
  ),
);

// 5. Save it, load it, ask it. Unknown measures may be left out.
const file = fileURLToPath(new URL('penguins.safetensors', import.meta.url));
await model.save(file);
const loaded = await loadModel(file);
const stranger = {
  island: 'Biscoe',
  bill_length_mm: 46.1,
  bill_depth_mm: 13.2,
  flipper_length_mm: 211,
  body_mass_g: 4500,
  sex: null,
};
const [answer] = loaded.predict([stranger]);
const [probabilities] = loaded.predictProbabilities([stranger]);
console.log(`Saved to ${file}, loaded again. A stranger with flippers of 211 mm is most probably a ${answer}:`);
console.table(Object.fromEntries(loaded.classes.map((name, i) => [name, { probability: Number(probabilities[i].toFixed(4)) }])));
