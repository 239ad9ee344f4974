// Work that threads share: a job is a number of tasks, which any thread may take in any order. What a task computes and writes
// follows from its number alone, so results have the same bits for any number of threads.

import { JobKind } from "../codes";

/** What a thread works with: nothing that another one writes to. */
@unmanaged
export class Place {
  plan: usize;
  samples: usize;
  // What the kind of job needs beside a plan: buffers of diagonals or tangents; of the Jacobian, errors, scratch.
  workspace: usize;
  errors: usize;
  scratch: usize;
  // Where a task's sums go, and where they may wait until it is their turn to be added while the thread goes on; 0 where they may
  // not.
  part: usize;
  partB: usize;
  aside: usize;
  asideB: usize;
  // Parameters as they were before the update that is under way.
  kept: usize;
}

@unmanaged
export class Job {
  kind: JobKind;
  places: usize; // a Place for each thread
  first: i32; // of the samples
  rows: i32;
  slab: i32; // samples of a task
  // Of diagonals which one (DiagonalKind), beside a gradient 1 for the full one; of products 1 for those with the Gauss-Newton
  // matrix; of normal equations 1 for those without errors.
  option: i32;
  shares: i32; // of a step's samples, and 1 in `cut` where each is two tasks
  cut: i32;
  scale: f64;
  v: usize; // of products the direction; of normal equations where all of J stays, or 0
  out: usize; // sums over all tasks, or the outputs
  outB: usize;
  values: usize; // f64, one a task
  run: usize;
}

// @ts-ignore: decorator
@inline
export function placeOf(job: Job, thread: i32): Place {
  return changetype<Place>(job.places + <usize>thread * offsetof<Place>());
}

/** Bytes of a job. */
export function jobBytes(): usize {
  return offsetof<Job>();
}

/** Bytes of a place. */
export function placeBytes(): usize {
  return offsetof<Place>();
}

/** Place number `thread` of those at `places` works with these addresses. */
export function placeSet(
  places: usize, thread: i32, plan: usize, samples: usize, workspace: usize, errors: usize, scratch: usize, part: usize,
  partB: usize, aside: usize, asideB: usize, kept: usize,
): void {
  const place = changetype<Place>(places + <usize>thread * offsetof<Place>());
  place.plan = plan;
  place.samples = samples;
  place.workspace = workspace;
  place.errors = errors;
  place.scratch = scratch;
  place.part = part;
  place.partB = partB;
  place.aside = aside;
  place.asideB = asideB;
  place.kept = kept;
}

/** Describes a job over samples first … first + rows − 1, `slab` of them a task. */
export function jobSet(
  at: usize, kind: JobKind, places: usize, first: i32, rows: i32, slab: i32, option: i32, scale: f64, v: usize, out: usize,
  outB: usize, values: usize,
): void {
  const job = changetype<Job>(at);
  job.kind = kind;
  job.places = places;
  job.first = first;
  job.rows = rows;
  job.slab = slab;
  job.option = option;
  job.scale = scale;
  job.v = v;
  job.out = out;
  job.outB = outB;
  job.values = values;
}
