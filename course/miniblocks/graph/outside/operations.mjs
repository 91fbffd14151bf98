/** How each operation computes: (arguments, static arguments, shape of the result) → a value. */

import { asValue, count, filled, gathered, isValue, made, positive, positions, source, strides } from "./values.mjs";

const elementwise = (f) => (args, statics, shape) => {
  const values = args.map(asValue);
  const steps = values.map((value) => strides(value.shape));
  return made(shape, (at) => f(...values.map((value, i) => value.data[source(at, value.shape, steps[i])])));
};
const ofOne = (f) => ([x], statics) => filled(asValue(x).data.map((element) => f(element, statics)), x.shape);

/** Reduce groups of elements: those that differ along `axis` alone (a number, a list, or null for all). */
const reducing = (f) => ([x], { axis = null }) => {
  const axes = axis === null ? x.shape.map((_, i) => i) : [axis].flat().map((a) => positive(a, x.shape.length));
  const kept = x.shape.map((n, i) => (axes.includes(i) ? 1 : n));
  const steps = strides(kept);
  const groups = Array.from({ length: count(kept) }, () => []);
  let i = 0;
  for (const at of positions(x.shape)) groups[source(at, kept, steps)].push(x.data[i++]);
  return filled(groups.map(f), kept);
};
const total = (numbers) => numbers.reduce((sum, number) => sum + number, 0);
const largest = (numbers) => numbers.reduce((a, b) => (a > b || Number.isNaN(a) ? a : b), -Infinity);
const logSumExp = (numbers) => {
  const top = largest(numbers);
  return Number.isFinite(top) ? top + Math.log(total(numbers.map((x) => Math.exp(x - top)))) : top;
};
const logSoftmax = ([x], statics) => {
  const norms = reducing(logSumExp)([x], statics);
  return elementwise((a, b) => a - b)([x, norms], {}, x.shape);
};

function matmul([a, b], statics, shape) {
  const [rows, inner] = a.shape.length > 1 ? a.shape.slice(-2) : [1, a.shape[0]];
  const columns = b.shape.length > 1 ? b.shape.at(-1) : 1;
  const batch = shape.slice(0, shape.length - (a.shape.length > 1) - (b.shape.length > 1));
  const [outA, outB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const [stepsA, stepsB] = [strides(outA), strides(outB)];
  const data = [];
  for (const at of positions(batch)) {
    const atA = source(at, outA, stepsA) * rows * inner;
    const atB = source(at, outB, stepsB) * inner * columns;
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++) {
        let sum = 0;
        for (let k = 0; k < inner; k++) sum += a.data[atA + i * inner + k] * b.data[atB + k * columns + j];
        data.push(sum);
      }
  }
  return filled(data, shape);
}

function dense([x, w, b], statics, shape) {
  const inner = w.shape[1];
  return made(shape, ([i, j]) => {
    let sum = b.data[j];
    for (let k = 0; k < inner; k++) sum += x.data[i * inner + k] * w.data[j * inner + k];
    return sum;
  });
}

const pair = (value) => (Array.isArray(value) ? value : [value, value]);

/** Reduce the windows of an image: `f(elements in the window)`, with the coordinates of each. */
function windows([x], { size, stride, padding }, shape, f) {
  const [[sizeY, sizeX], [stepY, stepX], [padY, padX]] = [size, stride, padding].map(pair);
  const [, channels, height, width] = x.shape;
  return made(shape, ([n, c, y, z]) => {
    const inside = [];
    for (let i = 0; i < sizeY; i++)
      for (let j = 0; j < sizeX; j++) {
        const [row, column] = [y * stepY - padY + i, z * stepX - padX + j];
        if (row >= 0 && row < height && column >= 0 && column < width)
          inside.push(x.data[((n * channels + c) * height + row) * width + column]);
      }
    return f(inside, sizeY * sizeX);
  });
}

function conv2d([x, w, b], { stride, padding }, shape) {
  const [[stepY, stepX], [padY, padX]] = [stride, padding].map(pair);
  const [, channels, height, width] = x.shape;
  const [, , sizeY, sizeX] = w.shape;
  return made(shape, ([n, o, y, z]) => {
    let sum = b ? b.data[o] : 0;
    for (let c = 0; c < channels; c++)
      for (let i = 0; i < sizeY; i++)
        for (let j = 0; j < sizeX; j++) {
          const [row, column] = [y * stepY - padY + i, z * stepX - padX + j];
          if (row < 0 || row >= height || column < 0 || column >= width) continue;
          const kernel = w.data[((o * channels + c) * sizeY + i) * sizeX + j];
          sum += kernel * x.data[((n * channels + c) * height + row) * width + column];
        }
    return sum;
  });
}

const relu = (x) => (x > 0 || Number.isNaN(x) ? x : 0);
const after = (f, g) => (...all) => filled(f(...all).data.map(g), all[2]);

/** x[index]: numbers, slices, null (a new axis), an ellipsis, and index values in the places marked "tensor". */
function taken([x, ...at], { index }, shape) {
  const parts = index.map((part) => (part === "tensor" ? at.shift() : Array.isArray(part) ? listed(part) : part));
  const used = parts.filter((part) => part !== null && !part?.ellipsis).length;
  const gap = Array(x.shape.length - used).fill({ slice: [null, null, null] });
  const where = parts.findIndex((part) => part?.ellipsis);
  const full = where < 0 ? [...parts, ...gap] : [...parts.slice(0, where), ...gap, ...parts.slice(where + 1)];
  const lists = full.filter(isValue);
  const deep = Math.max(0, ...lists.map((value) => value.shape.length)); // axes that index values take together
  const first = full.findIndex(isValue);
  const last = full.findLastIndex(isValue);
  const apart = first >= 0 && full.slice(first, last).some((part) => !isValue(part) && typeof part !== "number");
  return gathered(x, shape, (position) => {
    const rest = [...position];
    const shared = apart ? rest.splice(0, deep) : null;
    let common = shared;
    const found = [];
    let axis = 0;
    for (const part of full) {
      if (part === null) rest.shift();
      else if (typeof part === "number") found.push(positive(part, x.shape[axis++]));
      else if (isValue(part)) {
        common ??= rest.splice(0, deep);
        found.push(positive(part.data[source(common, part.shape, strides(part.shape))], x.shape[axis++]));
      } else found.push(started(part.slice, x.shape[axis++]) + (part.slice[2] ?? 1) * rest.shift());
    }
    return found;
  });
}

const listed = (numbers) => filled(numbers, [numbers.length]);
const started = ([start], length) => Math.min(length, Math.max(0, positive(start ?? 0, length)));

function joined(parts, { axis }, shape) {
  const along = positive(axis, shape.length);
  const ends = [];
  parts.reduce((end, part) => (ends.push(end + part.shape[along]), ends.at(-1)), 0);
  const steps = parts.map((part) => strides(part.shape));
  return made(shape, (at) => {
    const which = ends.findIndex((end) => at[along] < end);
    const begin = which ? ends[which - 1] : 0;
    const index = at.reduce((sum, n, i) => sum + (i === along ? n - begin : n) * steps[which][i], 0);
    return parts[which].data[index];
  });
}

function stacked(parts, { axis }, shape) {
  const along = positive(axis, shape.length);
  const steps = strides(parts[0].shape);
  return made(shape, (at) => {
    const rest = at.filter((_, i) => i !== along);
    return parts[at[along]].data[rest.reduce((sum, n, i) => sum + n * steps[i], 0)];
  });
}

const same = ([x], statics, shape) => filled(x.data, shape);
const crossEntropy = ([x, labels]) => {
  const logs = logSoftmax([x], { axis: 1 });
  const chosen = labels.data.map((label, row) => -logs.data[row * x.shape[1] + label]);
  return filled([total(chosen) / chosen.length], []);
};

export const operations = {
  add: elementwise((a, b) => a + b),
  sub: elementwise((a, b) => a - b),
  mul: elementwise((a, b) => a * b),
  div: elementwise((a, b) => a / b),
  pow: elementwise((a, b) => a ** b),
  maximum: elementwise((a, b) => (a > b || Number.isNaN(a) ? a : b)),
  minimum: elementwise((a, b) => (a < b || Number.isNaN(a) ? a : b)),
  where: elementwise((c, a, b) => (c ? a : b)),
  equal: elementwise((a, b) => a === b),
  not_equal: elementwise((a, b) => a !== b),
  less: elementwise((a, b) => a < b),
  less_equal: elementwise((a, b) => a <= b),
  greater: elementwise((a, b) => a > b),
  greater_equal: elementwise((a, b) => a >= b),
  logical_not: ofOne((x) => !x),
  neg: ofOne((x) => -x),
  exp: ofOne(Math.exp),
  log: ofOne(Math.log),
  sqrt: ofOne(Math.sqrt),
  abs: ofOne(Math.abs),
  sign: ofOne(Math.sign),
  sin: ofOne(Math.sin),
  cos: ofOne(Math.cos),
  tanh: ofOne(Math.tanh),
  sigmoid: ofOne((x) => 1 / (1 + Math.exp(-x))),
  relu: ofOne(relu),
  clip: ofOne((x, { low, high }) => Math.min(high ?? Infinity, Math.max(low ?? -Infinity, x))),
  cast: same,
  copy: same,
  detach: same,
  transfer: same,
  reshape: same,
  sum: reducing(total),
  mean: reducing((numbers) => total(numbers) / numbers.length),
  amax: reducing(largest),
  argmax: reducing((numbers) => numbers.indexOf(largest(numbers))),
  logsumexp: reducing(logSumExp),
  norm: reducing((numbers) => Math.sqrt(total(numbers.map((x) => x * x)))),
  log_softmax: logSoftmax,
  softmax: (args, statics) => filled(logSoftmax(args, statics).data.map(Math.exp), args[0].shape),
  cross_entropy: crossEntropy,
  matmul,
  dense,
  dense_relu: after(dense, relu),
  conv2d,
  conv2d_relu: after(conv2d, relu),
  max_pool2d: (args, statics, shape) => windows(args, statics, shape, largest),
  avg_pool2d: (args, statics, shape) => windows(args, statics, shape, (inside, all) => total(inside) / all),
  transpose: ([x], { a, b }, shape) => {
    const [one, other] = [a, b].map((axis) => positive(axis, x.shape.length));
    const swapped = (at) => at.map((n, i) => (i === one ? at[other] : i === other ? at[one] : n));
    return gathered(x, shape, swapped);
  },
  permute: ([x], { axes }, shape) => {
    const order = axes.map((axis) => positive(axis, x.shape.length));
    return gathered(x, shape, (at) => order.map((_, axis) => at[order.indexOf(axis)]));
  },
  expand: elementwise((x) => x),
  getitem: taken,
  take: taken,
  concat: joined,
  stack: stacked,
};
