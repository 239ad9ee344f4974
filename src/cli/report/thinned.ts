// Some of however many there are, evenly picked while nobody knows how many will come.

/** At most so many of the items that pass by. */
export class Thinned<T> {
  list: T[] = [];
  private stride = 1;
  private passed = 0;

  constructor(private readonly most: number) {}

  /** Which of the next `count` items are to be added. */
  next(count: number): number[] {
    const first = (this.stride - (this.passed % this.stride)) % this.stride;
    this.passed += count;
    const picked: number[] = [];
    for (let i = first; i < count; i += this.stride) picked.push(i);
    return picked;
  }

  /** Adds those that were asked for; where they become too many, every second one goes. */
  add(items: readonly T[]): void {
    for (const item of items) this.list.push(item);
    while (this.list.length > this.most) {
      this.list = this.list.filter((_, k) => k % 2 === 0);
      this.stride *= 2;
    }
  }
}
