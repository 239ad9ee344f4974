// Whether objects do what their classes in tfjs do: training here goes past their methods, so that nobody may have changed them.

const known = new WeakMap<object, ReadonlyMap<string, object>>();

/** The prototypes of tfjs's classes in an object's chain by name: of those with one name, the one all others derive from. */
function prototypesOf(object: object): ReadonlyMap<string, object> {
  const first: object = Object.getPrototypeOf(object) ?? Object.prototype;
  const before = known.get(first);
  if (before) return before;
  const found = new Map<string, object>();
  for (let at = first; at !== null; at = Object.getPrototypeOf(at)) {
    const { constructor: own } = at as { constructor: { className?: string } };
    if (Object.hasOwn(own, 'className')) found.set(own.className!, at);
  }
  known.set(first, found);
  return found;
}

/** The class in tfjs that a model's methods come from. */
export function modelClassOf(model: object): 'Sequential' | 'Model' {
  return prototypesOf(model).has('Sequential') ? 'Sequential' : 'Model';
}

/**
 * The first of some methods that is not that of the class in tfjs that bears the name: patched on the object, or overridden by a
 * subclass.
 */
export function changedMethod(object: object, className: string, methods: readonly string[]): string | undefined {
  const theirs = prototypesOf(object).get(className) as Record<string, unknown> | undefined;
  return methods.find((method) => (object as Record<string, unknown>)[method] !== theirs?.[method]);
}
