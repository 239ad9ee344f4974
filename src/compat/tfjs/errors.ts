// Errors of tfjs's kinds, which programs tell apart by the names of their classes.

class ValueError extends Error {
  override name = 'ValueError';
}

class NotImplementedError extends Error {
  override name = 'NotImplementedError';
}

/** Something has a value that it cannot have. */
export const valueError = (message: string): Error => new ValueError(message);

/** Something that tfjs has no way to do. */
export const notImplemented = (message: string): Error => new NotImplementedError(message);
