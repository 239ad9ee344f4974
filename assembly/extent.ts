// How much a binary has: all of it, or what common programs use, which is a third less.

/** Whether it has all. `asc --use common=i32` leaves out what `assembly/index.ts` has beside `assembly/common.ts`. */
// @ts-ignore: the name is there where the compiler is given it
export const WHOLE: bool = !isDefined(common);
