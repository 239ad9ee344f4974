// Whether objects do what their classes in tfjs do: training here goes past their methods, so that nobody may have changed them.

/** The prototype of a class of tfjs's: of those with its name, the one that all others are derived from. */
function prototypeOf(object: object, className: string): object | undefined {
  let found: object | undefined;
  for (let at = Object.getPrototypeOf(object); at !== null; at = Object.getPrototypeOf(at)) {
    const { constructor: own } = at as { constructor: { className?: string } };
    if (Object.hasOwn(own, 'className') && own.className === className) found = at;
  }
  return found;
}

/** The class in tfjs that a model's methods come from. */
export function modelClassOf(model: object): 'Sequential' | 'Model' {
  return prototypeOf(model, 'Sequential') ? 'Sequential' : 'Model';
}

/**
 * The first of some methods that is not that of the class in tfjs that bears the name: patched on the object, or overridden by a
 * subclass.
 */
export function changedMethod(object: object, className: string, methods: readonly string[]): string | undefined {
  const theirs = prototypeOf(object, className) as Record<string, unknown> | undefined;
  return methods.find((method) => (object as Record<string, unknown>)[method] !== theirs?.[method]);
}
