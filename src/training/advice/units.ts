// Hidden units that give all samples the same answer, where their slope is nearly 0: dead rectifiers, saturated sigmoids.

import { Arena, Words } from '../../../bindings/memory.js';
import type { SampleBuffers } from '../../data/dataset.js';
import { ACTIVATIONS } from '../../layers/activations.js';
import type { Layer } from '../../layers/layers.js';
import { Plan, widths } from '../../plan/plan.js';
import type { Work } from '../../runtime/work.js';
import type { FitSubject } from '../subject.js';

/** A layer many of whose units are stuck. */
export interface Stuck {
  readonly layer: number;
  readonly activation: string;
  readonly units: number;
  readonly of: number;
}

/** Samples to look at. */
const UNIT_SAMPLES = 64;
/** From this share of a layer's units on they are worth a word. */
const MOST_STUCK = 0.5;

/** Whether all hidden layers are linear, so that the network is. */
export function isLinear(layers: readonly Layer[]): boolean {
  const hidden = layers.slice(0, -1);
  return hidden.length > 0 && hidden.every((layer) => layer.type === 'dense' && layer.activation === 'linear');
}

/** On which flat side of its activation an output is; 0 for none. */
function sideOf(layer: Layer): ((a: number) => number) | undefined {
  return layer.type === 'dense' ? ACTIVATIONS[layer.activation].flatSide : undefined;
}

/** The hidden layer with the largest share of stuck units, over some rows; undefined where there are few. */
export function* stuckUnits(subject: FitSubject, { x }: Pick<SampleBuffers, 'x'>, rows: Uint32Array): Work<Stuck | undefined> {
  const { engine, architecture, theta } = subject;
  const { layers } = architecture;
  if (rows.length < 2 || !layers.slice(0, -1).some(sideOf)) return undefined;
  const arena = new Arena();
  try {
    const plan = new Plan(engine, arena, architecture, theta, Math.min(rows.length, UNIT_SAMPLES), true);
    const some = Uint32Array.from({ length: plan.slab }, (_, k) => rows[Math.floor((k * rows.length) / plan.slab)]!);
    const set = plan.samples(arena, { x }, Words.of(arena, some));
    yield* plan.evaluate(set);
    let worst: Stuck | undefined;
    layers.slice(0, -1).forEach((layer, i) => {
      const side = sideOf(layer);
      if (!side) return;
      const of = widths(architecture)[i + 1]!;
      const a = plan.layerOutput(i, some.length);
      let units = 0;
      for (let u = 0; u < of; u++) {
        const first = side(a[u]!);
        let same = first !== 0;
        for (let r = 1; same && r < some.length; r++) same = side(a[r * of + u]!) === first;
        if (same) units++;
      }
      if (units >= MOST_STUCK * of && !(worst && worst.units / worst.of >= units / of)) {
        worst = { layer: i, activation: (layer as { activation: string }).activation, units, of };
      }
    });
    return worst;
  } finally {
    arena.dispose();
  }
}
