// True and predicted numbers for a picture, however many there are.

/** Points kept at most: the picture draws fewer still. */
const MOST = 8192;

/** Evenly thinned points. */
export class Points {
  list: [truth: number, predicted: number][] = [];
  private stride = 1;
  private passed = 0;

  add(truths: readonly number[], predicted: readonly number[]): void {
    truths.forEach((truth, i) => {
      if (this.passed++ % this.stride !== 0) return;
      this.list.push([truth, predicted[i]!]);
      if (this.list.length < MOST) return;
      this.list = this.list.filter((_, k) => k % 2 === 0);
      this.stride *= 2;
    });
  }
}
