// Errors of tfjs's kinds, which programs tell apart by their names.

/** Something has a value that it cannot have. */
export const valueError = (message: string): Error => Object.assign(new Error(message), { name: 'ValueError' });

/** Something that tfjs has no way to do. */
export const notImplemented = (message: string): Error => Object.assign(new Error(message), { name: 'NotImplementedError' });
