/**
 * Runs a saved graph of miniblocks without Python: in Node, or in a browser. It knows the file format (described at the head of
 * graph/format.py) and how each operation computes, and nothing of the model's code.
 *
 *     node minirun.mjs net.graph inputs.json        prints the outputs as JSON
 *
 *     import { load, run } from "./minirun.mjs";
 *     const graph = load(new Uint8Array(bytes));
 *     const [output] = run(graph, [[[1, 2, 3]]]);   nested arrays in, { shape, dtype, data } out
 *
 * A value is { shape, dtype, data }: its elements in row-major order. Computing is in double precision, and each result is
 * rounded to its own dtype.
 */

import { operations } from "./operations.mjs";
import { count, filled, rounded } from "./values.mjs";

const FORMAT = "miniblocks-graph";
const VERSION = 1;

/** The graph in the bytes of a file. Throws an Error that says what is wrong with it. */
export function load(bytes) {
  const { words, arrays } = safetensors(bytes);
  if (!words.graph) throw new Error("this file holds no graph");
  const graph = JSON.parse(words.graph);
  if (graph.format !== FORMAT) throw new Error("this is no graph of miniblocks");
  if (graph.version !== VERSION) throw new Error(`version ${graph.version}; this runtime reads version ${VERSION}`);
  return { graph, arrays };
}

/** The outputs, in order, of a graph on inputs (nested arrays of numbers, or values). */
export function run({ graph, arrays }, inputs) {
  const values = graph.inputs.map(([name, dtype, shape], i) => received(inputs[i], name, dtype, shape));
  const scope = new Map(graph.captured.map(([name]) => [name, arrays.get(name)]));
  evaluate(graph, values, arrays, scope);
  const outputs = refs(graph.outputs).map((name) => scope.get(name));
  for (const [target, source] of Object.entries(graph.writes)) arrays.set(target, scope.get(source));
  return outputs;
}

/** Carry out a graph's instructions; `scope` then holds all its values by name. */
function evaluate(graph, inputs, arrays, scope = new Map()) {
  graph.inputs.forEach(([name], i) => scope.set(name, inputs[i]));
  for (const [name, , , array] of graph.constants) scope.set(name, arrays.get(array));
  for (const step of graph.steps) {
    const args = step.args.map((argument) => valueOf(argument, scope));
    instruction(step, args, arrays, scope).forEach((result, i) => scope.set(step.results[i][0], result));
  }
  return refs(graph.outputs).map((name) => scope.get(name));
}

function instruction(step, args, arrays, scope) {
  if ("if" in step) return evaluate(scope.get(step.if).data[0] ? step.then : step.else, args, arrays);
  if (step.loop) return loop(step, args, arrays);
  const compute = operations[step.op];
  if (!compute) throw new Error(`the operation ${step.op} is not known to this runtime`);
  const statics = Object.fromEntries(Object.entries(step.static).map(([key, value]) => [key, plain(value)]));
  const [, dtype, shape] = step.results[0];
  return [rounded(compute(args, statics, shape), dtype, shape)];
}

function loop(step, args, arrays) {
  let carried = args.slice(0, step.results.length);
  const fixed = args.slice(step.results.length);
  while (evaluate(step.while, [...carried, ...fixed], arrays)[0].data[0]) {
    carried = evaluate(step.do, [...carried, ...fixed], arrays);
  }
  return carried;
}

/** An argument: a value of the graph, or a number as it stands. */
const valueOf = (argument, scope) => (argument?.ref ? scope.get(argument.ref) : plain(argument));

/** Static data of the file as JavaScript's: a slice stays an object, tuples and lists are arrays. */
function plain(value) {
  if (value === null || typeof value !== "object") return value;
  if (value.tuple || value.list) return (value.tuple ?? value.list).map(plain);
  if (value.float) return { inf: Infinity, "-inf": -Infinity, nan: NaN }[value.float];
  return value; // { slice: [a, b, c] } or { ellipsis: true }
}

/** The names in the outputs, in order. */
function refs(nest) {
  if (nest.ref) return [nest.ref];
  return Object.values(nest.tuple ?? nest.list ?? nest.dict).flatMap(refs);
}

function received(input, name, dtype, shape) {
  if (input === undefined) throw new Error(`the input ${name} is missing`);
  const data = input.data ?? [input].flat(Infinity).map(Number);
  if (data.length !== count(shape)) throw new Error(`${name} is ${dtype}[${shape}], and got ${data.length} numbers`);
  return rounded(filled(data, shape), dtype, shape);
}

/** The header's words and the arrays of a safetensors file. */
function safetensors(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.byteLength < 8 ? Infinity : Number(view.getBigUint64(0, true));
  if (8 + length > bytes.byteLength) throw new Error("the file is cut off, or no safetensors file");
  const { __metadata__: words = {}, ...entries } = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  const arrays = new Map();
  for (const [name, { dtype, shape, data_offsets: [from, to] }] of Object.entries(entries)) {
    const [size, read] = READ[dtype] ?? unknown(dtype);
    const n = count(shape);
    if (to - from !== n * size || 8 + length + to > bytes.byteLength) throw new Error(`the array ${name} is damaged`);
    const data = Array.from({ length: n }, (_, i) => Number(read(view, 8 + length + from + i * size)));
    arrays.set(name, { shape, dtype, data });
  }
  return { words, arrays };
}

const READ = {
  F64: [8, (view, at) => view.getFloat64(at, true)],
  F32: [4, (view, at) => view.getFloat32(at, true)],
  I64: [8, (view, at) => view.getBigInt64(at, true)],
  I32: [4, (view, at) => view.getInt32(at, true)],
  I16: [2, (view, at) => view.getInt16(at, true)],
  I8: [1, (view, at) => view.getInt8(at)],
  U8: [1, (view, at) => view.getUint8(at)],
  BOOL: [1, (view, at) => view.getUint8(at)],
};

function unknown(dtype) {
  throw new Error(`arrays of ${dtype} are not known to this runtime`);
}

if (typeof process !== "undefined" && process.argv?.[1]?.endsWith("minirun.mjs")) {
  const { readFileSync } = await import("node:fs");
  const [, , file, inputs] = process.argv;
  const outputs = run(load(new Uint8Array(readFileSync(file))), JSON.parse(readFileSync(inputs, "utf8")));
  console.log(JSON.stringify(outputs.map(({ shape, data }) => ({ shape, data: data.map(shown) }))));
}

/** JSON has no infinities. */
function shown(number) {
  return Number.isFinite(number) ? number : String(number);
}
