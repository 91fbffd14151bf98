/** Values: { shape, dtype, data }, elements in row-major order; and walking over them. */

export const count = (shape) => shape.reduce((product, n) => product * n, 1);
export const filled = (data, shape) => ({ shape, data });
export const isValue = (thing) => thing !== null && typeof thing === "object" && "data" in thing;
export const asValue = (thing) => (isValue(thing) ? thing : filled([Number(thing)], []));

const ROUND = {
  float32: Math.fround,
  float64: Number,
  bool: (x) => Number(Boolean(x)),
  int64: Math.trunc,
  int32: (x) => Math.trunc(x) | 0,
  int16: (x) => (Math.trunc(x) << 16) >> 16,
  int8: (x) => (Math.trunc(x) << 24) >> 24,
  uint8: (x) => Math.trunc(x) & 255,
};

/** A result as a value of its own dtype. */
export function rounded(value, dtype, shape) {
  const round = ROUND[dtype];
  if (!round) throw new Error(`${dtype} is not known to this runtime`);
  return { shape, dtype, data: Array.from(value.data, round) };
}

/** How far apart neighbours along each axis lie. */
export function strides(shape) {
  const found = new Array(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) found[axis] = found[axis + 1] * shape[axis + 1];
  return found;
}

/** The positions of all elements of `shape`, in order, as lists of indices. */
export function* positions(shape) {
  const at = new Array(shape.length).fill(0);
  for (let left = count(shape); left > 0; left--) {
    yield at;
    for (let axis = shape.length - 1; axis >= 0 && ++at[axis] === shape[axis]; axis--) at[axis] = 0;
  }
}

/** Where the element at `at` of a broadcast result comes from. */
export function source(at, shape, steps) {
  let where = 0;
  const ahead = at.length - shape.length;
  for (let axis = 0; axis < shape.length; axis++) if (shape[axis] > 1) where += at[ahead + axis] * steps[axis];
  return where;
}

/** A result of `shape`, its element at each position given by a function. */
export function made(shape, element) {
  const data = [];
  for (const at of positions(shape)) data.push(element(at));
  return filled(data, shape);
}

/** The value with its axes in another order, or along fewer of them, by telling where each element comes from. */
export function gathered(value, shape, from) {
  const steps = strides(value.shape);
  return made(shape, (at) => value.data[from(at).reduce((sum, index, axis) => sum + index * steps[axis], 0)]);
}

export const positive = (axis, length) => (axis < 0 ? axis + length : axis);
