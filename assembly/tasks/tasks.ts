// A task, whatever its job; the whole of what a thread is ever asked for.

import { JobKind } from "../codes";
import { WHOLE } from "../extent";
import { Job, placeOf } from "./job";
import { kernelResume, kernelTask } from "./parts";
import { packTask, rowsTask } from "./step";
import { sumAside, sumCommit, sumTask } from "./sums";

/** Does task number `index` of the job, at the place of a thread. */
export function taskRun(jobAt: usize, thread: i32, index: i32): void {
  const job = changetype<Job>(jobAt), place = placeOf(job, thread);
  if (!WHOLE) sumTask(job, place, index);
  else if (job.kind == JobKind.stepRows) rowsTask(job, place, index);
  else if (job.kind == JobKind.stepKernels) kernelTask(job, place, thread, index);
  else if (job.kind == JobKind.stepPack) packTask(job, index);
  else sumTask(job, place, index);
}

/** Adds what the task found to what those before it have: called in the order of their numbers. aside: 1 if that was set aside */
export function taskCommit(jobAt: usize, thread: i32, index: i32, aside: i32): void {
  const job = changetype<Job>(jobAt);
  sumCommit(job, placeOf(job, thread), index, aside != 0);
}

/**
 * Sets aside what the thread's last task found, where there is room; returns 1 if so: the thread may go on with another one.
 * Nothing else may wait there.
 */
export function taskAside(jobAt: usize, thread: i32): i32 {
  const job = changetype<Job>(jobAt);
  return sumAside(job, placeOf(job, thread)) ? 1 : 0;
}

/**
 * Does at the first thread's place what is left of task number `index`, after others may have done some or all of it. What only
 * computes is done anew.
 */
export function taskResume(jobAt: usize, index: i32): void {
  const job = changetype<Job>(jobAt);
  if (WHOLE && job.kind == JobKind.stepKernels) kernelResume(job, placeOf(job, 0), index);
  else taskRun(jobAt, 0, index);
}
