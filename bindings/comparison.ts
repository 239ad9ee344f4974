// Which is faster, one thread or several: loaded along with threads.

/** Milliseconds between two looks at the way that was slower: at first, and at most. */
const SOON = 40;
const SELDOM = 1500;

/** Milliseconds that are too short to be measured. */
const SHORT = 0.2;

/** How long a unit of work has lately taken, alone and together, and when to look again at the way that was slower. */
interface Experience {
  alone: number | undefined;
  together: number | undefined;
  pause: number;
  nextLook: number;
}

/** What was learned about pieces of a size, by its logarithm: a fit of some milliseconds has no time to learn it anew. */
const experiences = new Map<number, Experience>();

function experienceWith(piece: number): Experience {
  const size = Math.round(2 * Math.log2(piece));
  let known = experiences.get(size);
  if (!known) {
    known = { alone: undefined, together: undefined, pause: SOON, nextLook: 0 };
    experiences.set(size, known);
  }
  return known;
}

/** Compares the two ways for pieces of a size, as they are done. */
export class Comparison {
  private readonly experience: Experience;
  private looking = false;

  /** @param piece its work, in multiply-adds */
  constructor(piece: number) {
    this.experience = experienceWith(piece);
  }

  /** Whether the next piece should be done together. */
  get together(): boolean {
    const { alone, together, nextLook } = this.experience;
    if (alone === undefined) return false;
    if (together === undefined) return true;
    const faster = together < alone;
    if (performance.now() < nextLook) return faster;
    this.looking = true;
    return !faster;
  }

  /** Tells how long so much work took, in milliseconds. */
  took(together: boolean, time: number, work: number): void {
    if (time < SHORT) return;
    const { experience } = this;
    if (together) experience.together = time / work;
    else experience.alone = time / work;
    if (experience.together === undefined || !(this.looking || experience.nextLook === 0)) return;
    this.looking = false;
    experience.pause = Math.min(2 * experience.pause, SELDOM);
    experience.nextLook = performance.now() + experience.pause;
  }
}
