// The beginning of a text that comes in pieces, to decide by.

/** The first characters of a text, at least so many if there are as many, and then all of it. */
export async function headed(
  text: AsyncGenerator<string>,
  atLeast: number,
): Promise<{ head: string; all: AsyncGenerator<string, void, undefined> }> {
  let head = '';
  let ended = false;
  while (head.length < atLeast && !ended) {
    const { value, done } = await text.next();
    if (done) ended = true;
    else head += value;
  }
  async function* all() {
    try {
      if (head) yield head;
      if (!ended) yield* text;
    } finally {
      await text.return(undefined);
    }
  }
  return { head, all: all() };
}
