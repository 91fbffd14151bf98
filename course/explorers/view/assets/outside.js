// A saved graph, run here: after common.js and the runtime's modules, whose `load` and `run` it calls.

const SHOWN = 4;

function inWords({ dtype, shape, data }) {
  const numbers = data.slice(0, SHOWN).map((x) => Number(Number(x).toPrecision(6)));
  return `${dtype}[${shape.join(", ")}]: ${numbers.join(", ")}${data.length > SHOWN ? ", …" : ""}`;
}

const largestDifference = (a, b) => Math.max(0, ...a.map((x, i) => (Object.is(x, b[i]) ? 0 : Math.abs(x - b[i]))));

function render({ model, el }) {
  const inputs = model.get("inputs");
  const given = inputs.map((input) => input.data);
  const body = h("tbody");
  const status = h("p", { class: "xp-note", role: "status" });
  let graph = null;

  function compute() {
    const unchanged = inputs.every((input, i) => given[i].every((x, j) => Object.is(x, input.data[j])));
    const start = performance.now();
    let results;
    try {
      const view = model.get("content");
      graph ??= load(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
      results = run(graph, given.map((data) => ({ data })));
    } catch (error) {
      body.replaceChildren();
      status.textContent = `This browser could not run the file: ${error.message}`;
      return;
    }
    const milliseconds = performance.now() - start;
    const theirs = model.get("outputs");
    body.replaceChildren(...results.map((result, i) => h("tr", {},
      h("th", { scope: "row" }, theirs[i].name),
      h("td", {}, inWords(result)),
      h("td", {}, unchanged ? inWords(theirs[i]) : "not asked"))));
    const apart = Math.max(...results.map((result, i) => largestDifference(result.data, theirs[i].data)));
    const compared = unchanged ? `Largest difference to Python: ${apart.toPrecision(2)}.` : "Python does not know of it.";
    status.textContent = `Computed in this page, in ${milliseconds.toFixed(1)} ms. ${compared}`;
    if (unchanged) {
      model.set("computed", results.map(({ dtype, shape, data }) => ({ dtype, shape, data: data.map(Number) })));
      model.save_changes();
    }
  }

  const fields = inputs.map((input, i) => {
    if (input.data.length !== 1) return h("div", {}, h("dt", {}, input.name), h("dd", {}, inWords(input)));
    const field = h("input", {
      class: "xp-field", type: "number", step: "any", value: input.data[0], "aria-label": `input ${input.name}`,
      oninput: () => {
        if (field.value === "") return;
        given[i] = Number(field.value) === Number(input.data[0].toPrecision(8)) ? input.data : [Number(field.value)];
        compute();
      },
    });
    field.value = Number(input.data[0].toPrecision(8));
    return h("div", {}, h("dt", {}, input.name), h("dd", {}, field));
  });
  const head = ["", "in this browser", "by Python, at first"].map((text) => h("th", { scope: "col" }, text));
  const root = h("section", { class: "xp xp-live xp-outside", "aria-label": "A saved graph, run in this page" },
    h("p", { class: "xp-title" }, model.get("title")),
    h("dl", { class: "xp-facts" }, ...fields),
    h("table", {}, h("thead", {}, h("tr", {}, ...head)), body),
    status);
  guardKeys(root);
  el.append(root);
  compute();
}

export default { render };
