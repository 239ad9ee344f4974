// What a fit needs that is taken up, or might be: loaded where somebody may ask for it.

export { asked, lazily, requireMethod, requireSame } from './asked.js';
export { recordFrom, recordPart } from './checkpoint.js';
export { Checkpointer, goBack } from './checkpointer.js';
