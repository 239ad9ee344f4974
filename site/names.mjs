/** How programs import an entry of the package. */
export const nameOf = (entry) => (entry === 'index' ? 'efficient-backprop' : `efficient-backprop/${entry}`);

/** Where the sources are, of package.json's `repository`. */
export const sourceOf = ({ url }) => url.replace(/^git\+|\.git$/g, '');
