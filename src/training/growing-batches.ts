// Batches that grow from epoch to epoch: loaded where a fit asks for them.

import { type Arena, Reals, Words } from '../../bindings/memory.js';
import type { Growing } from '../data/batches.js';
import type { SampleBuffers } from '../data/dataset.js';
import { permutation } from '../data/split.js';
import type { BatchSize } from '../methods/method.js';
import { Plan } from '../plan/plan.js';
import { Purpose } from '../runtime/random.js';
import { type Work, done } from '../runtime/work.js';

/** Samples and parts of them that the variance of the gradient is measured on, at least and at most. */
const GRADIENT_SAMPLES = 64;
const GRADIENT_PARTS = 32;

/**
 * The sizes of `growing` over a fit.
 * @param rows how many samples there are, `subset` which
 * @param size that of the epoch before, if this fit continues another
 */
export function growingSize(
  { start, by, factor, theta, limit }: Growing,
  { plan, arena, samples, subset, rows, meanWeight, seed }: GradientSample,
  size: number | undefined,
): BatchSize {
  const most = Math.min(limit, rows);
  const least = Math.min(start, most);
  const first = Math.min(size ?? start, most);
  const continues = size !== undefined;
  if (by === 'epoch') {
    return { first, continues, least, limit: most, next: (now) => done(Math.min(most, Math.ceil(factor * now))) };
  }
  const { engine, architecture, theta: parameters } = plan;
  const gradient = new Reals(arena, parameters.precision, plan.parameters);
  const mean = new Reals(arena, parameters.precision, plan.parameters);
  const drawn = new Words(arena, Math.min(rows, Math.max(most, GRADIENT_SAMPLES)));
  const measuring = new Plan(engine, arena, architecture, parameters, drawn.length, true);
  const { core } = engine;
  return {
    first,
    continues,
    least,
    limit: most,
    *next(now, epoch): Work<number> {
      if (now >= most) return now;
      // Gradients of a few disjoint parts of a random drawn, at the weights as they are.
      const count = Math.min(rows, Math.max(now, GRADIENT_SAMPLES));
      const parts = Math.min(GRADIENT_PARTS, count);
      const order = permutation(engine, rows, seed, Purpose.batches, epoch);
      const all = subset?.view();
      const list = drawn.view();
      for (let i = 0; i < count; i++) list[i] = all ? all[order[i]!]! : order[i]!;
      const width = Math.floor(count / parts);
      mean.view().fill(0);
      let squares = 0;
      for (let p = 0; p < parts; p++) {
        const set = measuring.samples(arena, samples, drawn, p * width, width);
        yield* measuring.gradient(set, 1 / (width * meanWeight), gradient);
        arena.release(set.address);
        squares += core.dot(gradient.length, gradient.address, gradient.address);
        core.axpy(mean.length, 1 / parts, gradient.address, mean.address);
      }
      const square = core.dot(mean.length, mean.address, mean.address);
      // The trace of the covariance of one sample's gradient. The mean's own noise is left in its square: it bounds how fast
      // sizes grow.
      const variance = (width * Math.max(squares - parts * square, 0)) / (parts - 1);
      const wanted = variance / (theta * theta * square);
      return wanted > now ? Math.min(most, Math.ceil(wanted)) : now;
    },
  };
}

/** What gradients are measured on. */
interface GradientSample {
  readonly plan: Plan;
  readonly arena: Arena;
  readonly samples: SampleBuffers;
  readonly subset: Words | undefined;
  readonly rows: number;
  readonly meanWeight: number;
  readonly seed: number;
}
