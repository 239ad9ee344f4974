/** How programs import an entry of the package. */
export const nameOf = (entry) => (entry === 'index' ? 'efficient-backprop' : `efficient-backprop/${entry}`);
