// The autograd stepper: after common.js, controls.js and canvas.js. It has the whole story, and asks the kernel nothing.

const PACE = 900; // ms a step while it plays

function render({ model, el }) {
  const story = model.get("story");
  const { nodes, steps } = story;
  const last = steps.length - 1;
  const turn = steps.findIndex((step) => step.kind === "seed");
  let position = -1;
  let chosen = null;
  let playing = null;
  let writing = null;

  const graph = canvas("Recorded graph; the arrow keys go from node to node, n takes a step, p a step back", (node) => tell(node), {
    n: () => go(position + 1), p: () => go(position - 1),
  });
  const says = h("p", { class: "xp-status", role: "status" });
  const count = h("output", { "aria-hidden": "true" });
  const slider = h("input", {
    type: "range", class: "xp-wide", min: 0, max: last, step: 1, value: 0, "aria-label": "Step",
    oninput: () => go(Number(slider.value)),
  });
  const first = button("First", () => go(0));
  const back = button("Back", () => go(position - 1));
  const next = button("Next", () => go(position + 1));
  const end = button("Last", () => go(last));
  const gradients = button("To the gradients", () => go(turn));
  const play = button("Play", () => (playing ? pause() : start()));
  const details = h("div", { class: "xp-details", tabindex: "0", role: "region", "aria-label": "The chosen node" });
  const notes = [story.problem, story.hidden].filter(Boolean).map((text) => h("p", { class: "xp-problem" }, text));
  const root = h("section", { class: "xp xp-live xp-stepper", "aria-label": "Autograd stepper" },
    h("div", { class: "xp-buttons" }, first, back, next, end, ...(turn < 0 ? [] : [gradients]), play, slider, count),
    says, ...notes,
    h("div", { class: "xp-buttons" }, ...graph.buttons),
    h("div", { class: "xp-beside" }, graph.place, details));
  guardKeys(root);
  el.append(root);
  graph.show(model.get("svg"));

  const parts = nodes.map((_, i) => {
    const element = graph.find(i);
    return { element, grad: element.querySelector(".xp-grad"), tag: element.querySelector(".xp-tag") };
  });
  const shares = new Map([...graph.place.querySelectorAll("[data-edge]")].map((text) => [text.dataset.edge, text]));
  const amounts = new Map([...shares].map(([edge, text]) => [edge, text.textContent]));
  // Which nodes a step touches: its own, and those that a share arrives at.
  const touched = steps.map((step) => new Set(step.node == null ? [] : [step.node]));
  nodes.forEach((node, i) => {
    if (node.computed != null) touched[node.computed].add(i);
    for (const arrival of node.arrivals) touched[arrival.step].add(i);
  });

  /** A node as it is at a step. */
  function draw(i, at) {
    const { element, grad, tag } = parts[i];
    const node = nodes[i];
    const arrived = node.arrivals.findLast((one) => one.step <= at);
    const done = node.handed != null && at >= node.handed;
    if (grad) grad.textContent = arrived ? `grad ${arrived.sum}` : "";
    if (node.handed != null) tag.textContent = done ? "freed" : "";
    element.classList.toggle("is-future", node.computed > at);
    element.classList.toggle("is-done", done);
    element.classList.toggle("is-active", steps[at].node === i);
    element.classList.toggle("is-taking", node.arrivals.some((one) => one.step === at && at > 0 && steps[at].node !== i));
    for (const [source] of done || node.handed != null ? node.sources : []) {
      const text = shares.get(`${source}-${i}`);
      if (text) text.textContent = done ? amounts.get(`${source}-${i}`) : "";
    }
    const value = node.computed > at ? "not computed yet" : `value ${node.value}`;
    element.setAttribute("aria-label", `${node.call}, ${node.kind}, ${value}${arrived ? `, gradient ${arrived.sum}` : ""}${done ? ", freed" : ""}`);
  }

  function go(to) {
    to = Math.max(0, Math.min(last, to));
    if (to === position) return;
    const [low, high] = position < 0 ? [0, last] : [Math.min(position, to), Math.max(position, to)];
    const changed = position < 0 ? nodes.keys() : touched.slice(low, high + 1).reduce((all, some) => new Set([...all, ...some]));
    position = to;
    for (const i of changed) draw(i, to);
    const step = steps[to];
    says.textContent = step.says;
    slider.value = to;
    slider.setAttribute("aria-valuetext", `${to} of ${last}: ${step.says}`);
    count.textContent = `step ${to} of ${last}`;
    for (const [control, on] of [[first, to > 0], [back, to > 0], [next, to < last], [end, to < last]]) enable(control, on);
    tell(step.node ?? chosen ?? story.output); // all writing first: to scroll, the browser must lay the page out
    if (step.node != null) graph.choose(step.node, { focus: graph.place.contains(document.activeElement) });
    if (to === last) pause();
    clearTimeout(writing);
    writing = setTimeout(() => write(model, "position", position), 300);
  }

  /** All that is known of a node at this step. */
  function tell(which) {
    chosen = Number(which);
    const node = nodes[chosen];
    const arrived = node.arrivals.filter((one) => one.step <= position);
    const list = [["what it is", node.kind], ["line", node.place], ["shape", node.shape]];
    const hidden = node.computed > position;
    list.push(["value", hidden ? "not computed yet" : node.whole || node.value]);
    for (const slope of hidden ? [] : node.slopes) {
      list.push([`local derivative by ${nodes[slope.source].label}${slope.rule ? ` (rule: ${slope.rule})` : ""}`, slope.text]);
    }
    for (const one of arrived) {
      const giver = one.giver == null ? (one.step === 0 ? "already in grad" : "backward() begins with") : `from ${nodes[one.giver].label}`;
      list.push([`gradient, ${giver}`, one.amount]);
    }
    if (arrived.length) {
      const whole = node.handed == null ? node.kind === "leaf" && position === last : position >= node.handed;
      list.push([whole ? "gradient, all of it" : "gradient, so far", arrived.at(-1).whole]);
    }
    if (node.handed != null && position >= node.handed) {
      for (const slope of node.slopes) list.push([`handed back to ${nodes[slope.source].label}`, slope.amount]);
      list.push(["afterwards", "done: backward() frees what was saved here"]);
    }
    for (const note of node.notes) list.push(["note", note]);
    const name = node.label === node.call.split("(")[0] ? node.call : `${node.label} = ${node.call}`;
    become(details, described(name, list));
  }

  function start() {
    if (position === last) go(0);
    playing = setInterval(() => go(position + 1), PACE);
    play.textContent = "Pause";
  }
  function pause() {
    clearInterval(playing);
    playing = null;
    play.textContent = "Play";
  }

  const stop = follow(model, { position: () => go(model.get("position")) });
  return () => {
    pause();
    clearTimeout(writing);
    stop();
  };
}

export default { render };
