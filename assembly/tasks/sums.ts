// Tasks that sum over samples: each takes a slab of them, and its sums are added in the order of the slabs.

import { JobKind } from "../codes";
import { WHOLE } from "../extent";
import { SIZE } from "../vec";
import { Samples } from "../passes/samples";
import { curvatureDiagonal, gradientAndDiagonal } from "../curvature/diagonal";
import { normalEquations } from "../curvature/jacobian";
import { curvatureProduct } from "../curvature/products";
import { evaluate, objectiveGradient } from "../passes/evaluate";
import { axpy, copy } from "../kernels/blas1";
import { Plan } from "../layers/table";
import { noteSamples } from "../steps/paths";
import { Run, samplesOf } from "../steps/run";
import { Job, Place } from "./job";

/** Task number k of a job that sums: the sums of its slab go to the place, its value to values[k]. */
export function sumTask(job: Job, place: Place, k: i32): void {
  const done = k * job.slab, first = job.first + done, rows = min(job.slab, job.rows - done);
  const plan = place.plan, samples = place.samples;
  let value: f64 = 0;
  switch (job.kind) {
    case JobKind.evaluate: {
      const width = <usize>changetype<Samples>(samples).outputs * SIZE;
      changetype<Plan>(plan).learning = 0;
      value = evaluate(plan, samples, first, rows, job.out ? job.out + <usize>done * width : 0);
      break;
    }
    case JobKind.gradient: {
      if (job.run) prepareStep(job, place, done);
      else changetype<Plan>(plan).learning = 0;
      value = objectiveGradient(plan, samples, first, rows, job.scale, place.part, 0);
      break;
    }
    default: {
      if (WHOLE && job.kind == JobKind.diagonal) {
        curvatureDiagonal(place.workspace, plan, samples, first, rows, job.scale, place.part, job.option, 0);
        break;
      }
      if (SIZE == 8) value = doubleTask(job, place, first, rows);
    }
  }
  store<f64>(job.values + (<usize>k << 3), value);
}

/** The place's plan and samples are those of a run's step, from its sample `row` on. */
function prepareStep(job: Job, place: Place, row: i32): void {
  const run = changetype<Run>(job.run), from = changetype<Plan>(run.plan), plan = changetype<Plan>(place.plan);
  plan.learning = 1;
  plan.row = row;
  plan.low = from.low;
  plan.high = from.high;
  plan.epoch = from.epoch;
  plan.step = from.step;
  const samples = changetype<Samples>(place.samples);
  memory.copy(place.samples, changetype<usize>(samplesOf(run)), offsetof<Samples>());
  samples.ownSlabs(plan.rows, place.workspace);
}

/** The tasks that there are in float64 only. */
// @ts-ignore: decorator
@inline
function doubleTask(job: Job, place: Place, first: i32, rows: i32): f64 {
  switch (job.kind) {
    case JobKind.gradientAndDiagonal:
      return gradientAndDiagonal(
        place.workspace, place.plan, place.samples, first, rows, job.scale, place.part, place.partB, job.option, 0,
      );
    case JobKind.product: {
      curvatureProduct(place.workspace, place.plan, place.samples, first, rows, job.scale, job.v, place.part, job.option, 0);
      return 0;
    }
    case JobKind.normalEquations: {
      let jacobian = place.workspace, errors = place.errors;
      if (job.v) { // all of J stays, and behind it the errors
        const n = changetype<Plan>(place.plan).parameters, units = changetype<Samples>(place.samples).outputs;
        const done = (first - job.first) * units;
        jacobian = job.v + <usize>(done * n) * SIZE;
        errors = job.v + <usize>(job.rows * units * n + done) * SIZE;
      }
      return normalEquations(
        place.plan, place.samples, first, rows, rows, 0, jacobian, job.option ? 0 : errors, place.part, place.partB,
        place.scratch,
      );
    }
  }
  return 0;
}

/** out (+)= part, the first task's replaces */
// @ts-ignore: decorator
@inline
function gather(n: i32, part: usize, out: usize, k: i32): void {
  if (k) axpy(n, 1, part, out);
  else copy(n, part, out);
}

/**
 * The place's sums go aside, so that it has room for another task's; returns whether they could. What is emphasised follows from
 * a slab's outputs, which the next slab would replace.
 */
export function sumAside(job: Job, place: Place): bool {
  if (!place.aside || (WHOLE && job.run && changetype<Run>(job.run).emphasis)) return false;
  const part = place.part, partB = place.partB;
  place.part = place.aside;
  place.partB = place.asideB;
  place.aside = part;
  place.asideB = partB;
  return true;
}

/** The sums of task k, at the place or set aside there, are added to those before. */
export function sumCommit(job: Job, place: Place, k: i32, aside: bool): void {
  const n = changetype<Plan>(place.plan).parameters, part = aside ? place.aside : place.part;
  const partB = aside ? place.asideB : place.partB;
  if (job.kind == JobKind.evaluate) return;
  if (SIZE == 8 && job.kind == JobKind.normalEquations) {
    for (let i = 0; i < n; i++) { // the upper triangle
      const at = <usize>i * (<usize>n + 1) * SIZE;
      gather(n - i, part + at, job.out + at, k);
    }
    if (!job.option) gather(n, partB, job.outB, k);
    return;
  }
  gather(n, part, job.out, k);
  if (WHOLE && job.run && changetype<Run>(job.run).emphasis) { // in the order of the slabs: what is emphasised depends on it
    const done = k * job.slab;
    noteSamples(
      changetype<Run>(job.run), place.plan, changetype<Samples>(place.samples), job.first + done, min(job.slab, job.rows - done),
    );
  }
  if (SIZE == 8 && job.kind == JobKind.gradientAndDiagonal) gather(n, partB, job.outB, k);
}
