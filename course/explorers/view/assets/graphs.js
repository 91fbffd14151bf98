// The graph viewer: after common.js, controls.js and canvas.js. It has all stages; the kernel is asked to fold, and nothing else.

const SAID = 12; // sentences about a pass that are shown at first

function render({ model, el }) {
  const post = courier(model);
  const stages = model.get("stages");
  const comparisons = model.get("comparisons");
  let shown = -1;
  let chosen = null; // { side, name }
  let found = []; // boxes that the search has found, as [side, name]
  let writing = null;
  let written = null; // the code that stands on the page

  const sides = ["left", "right"].map((side) => {
    const title = h("p", { class: "xp-label" });
    const view = canvas(`Graph on the ${side}; the arrow keys go from box to box, Enter opens or folds`, (name, byMouse) => choose(side, name, !byMouse), {
      Enter: (name) => fold(side, name), " ": (name) => fold(side, name),
    });
    view.place.addEventListener("dblclick", (event) => {
      const box = event.target.closest("[data-node]");
      if (box) fold(side, box.dataset.node);
    });
    return { side, title, view, pane: h("div", { class: "xp-pane" }, title, view.place) };
  });
  const of = (side) => sides.find((one) => one.side === side);
  const other = (side) => sides.find((one) => one.side !== side);
  const stage = (side) => stages[comparisons[shown][side]];

  const list = h("select", { class: "xp-field", onchange: () => compare(Number(list.value)) },
    ...comparisons.map((one, i) => h("option", { value: i }, i === 0 ? one.title : `${i}. ${one.title}${says(one)}`)));
  const back = button("Back", () => compare(shown - 1));
  const next = button("Next", () => compare(shown + 1));
  const search = h("input", {
    type: "search", class: "xp-field", spellcheck: "false", placeholder: "matmul", "aria-label": "Find boxes",
    oninput: find, onkeydown: (event) => { if (event.key === "Enter") step(event.shiftKey ? -1 : 1); },
  });
  const findNext = button("Next found", () => step(1));
  const count = h("span", { class: "xp-note", role: "status" });
  const told = h("ul", { class: "xp-says", tabindex: "0", "aria-label": "What the pass did" });
  const status = h("p", { class: "xp-status", role: "status" });
  const zooms = sides[0].view.buttons.map((one, i) =>
    button(one.textContent, () => sides.forEach(({ view }) => view.buttons[i].click())));
  const details = h("div", { class: "xp-details", tabindex: "0", role: "region", "aria-label": "The chosen box" });
  const which = h("select", { class: "xp-field", onchange: () => lead(code()) },
    h("option", { value: "code" }, "through the tape"), h("option", { value: "compiled" }, "compiled"));
  const lines = h("div", { class: "xp-code", tabindex: "0", role: "region", "aria-label": "Generated code", onclick: fromCode });
  const root = h("section", { class: "xp xp-live xp-graphs", "aria-label": "Graph viewer" },
    h("p", { class: "xp-title" }, model.get("title")),
    ...model.get("notes").map((note) => h("p", { class: "xp-note" }, note)),
    h("div", { class: "xp-buttons" }, h("label", {}, "Compare ", list), back, next, h("label", {}, "Find ", search), findNext, count),
    told,
    h("div", { class: "xp-buttons" }, ...zooms, button("Open or fold", () => chosen && fold(chosen.side, chosen.name)), status),
    h("div", { class: "xp-two" }, ...sides.map((one) => one.pane)),
    h("div", { class: "xp-two" }, details,
      h("div", { class: "xp-pane" }, h("label", {}, "Code of the graph on the right, ", which), lines)));
  guardKeys(root);
  el.append(root);

  function says(one) {
    return one.left === one.right ? " (nothing)" : "";
  }

  function compare(to) {
    to = Math.max(0, Math.min(comparisons.length - 1, to));
    if (to === shown) return;
    shown = to;
    const one = comparisons[to];
    list.value = to;
    enable(back, to > 0);
    enable(next, to < comparisons.length - 1);
    say(one.says, SAID);
    const kept = chosen;
    chosen = null;
    for (const { side, title, view } of sides) {
      title.textContent = stage(side).title;
      view.show(stage(side).svg, kept?.name);
    }
    mark();
    find();
    // what the pass changed comes first; where it changed nothing, what was chosen stays
    const changed = [one.links[0]?.[0], ...Object.keys(one.left_tags)].filter((name) => to > 0 && name != null);
    const name = [...changed.map((it) => visible("left", it)), kept?.name].find((it) => it != null && of("left").view.find(it));
    choose("left", name ?? of("left").view.current());
    clearTimeout(writing);
    writing = setTimeout(() => write(model, "comparison", shown), 300);
  }

  /** What the pass did: the first sentences, and a button for the others where a network of many layers gave hundreds. */
  function say(sentences, most) {
    const rest = sentences.length - most;
    const shown = sentences.length ? sentences.slice(0, most) : ["Choose a box to see what belongs to it on the other side."];
    become(told, h("ul", {}, ...shown.map((text) => h("li", {}, text)),
      ...(rest > 0 ? [h("li", { "data-node": "more" }, `and ${rest} more `)] : [])));
    if (rest > 0) told.lastChild.append(button("Show them", () => {
      say(sentences, Infinity);
      told.focus({ preventScroll: true }); // the button is gone
    }));
  }

  /** What is open of a box: itself, or the box around it that is folded. */
  function visible(side, name) {
    while (name != null && !of(side).view.find(name)) name = stage(side).boxes[name]?.around;
    return name;
  }

  /** Write what a pass did on the boxes; on a folded one how many of those inside it concerns. */
  function mark() {
    for (const { side, view } of sides) {
      view.place.querySelectorAll(".xp-tag:not(:empty)").forEach((tag) => (tag.textContent = ""));
      const inside = new Map();
      for (const [name, tag] of Object.entries(comparisons[shown][`${side}_tags`])) {
        const box = visible(side, name);
        if (box === name) {
          const element = view.find(name);
          element.querySelector(":scope > .xp-tag").textContent = tag;
          element.classList.add(tag === "new" ? "is-new" : side === "left" ? "is-gone" : "is-marked");
          element.setAttribute("aria-label", `${element.getAttribute("aria-label")}, ${tag}`);
        } else if (box != null) inside.set(box, (inside.get(box) ?? 0) + 1);
      }
      for (const [box, many] of inside) view.find(box).querySelector(":scope > .xp-tag").textContent = `${many} changed inside`;
    }
  }

  /** The boxes on the other side that belong to this one. */
  function partners(side, name) {
    const { links } = comparisons[shown];
    const [mine, its] = side === "left" ? [0, 1] : [1, 0];
    const told = links.filter((link) => link[mine] === name).map((link) => link[its]);
    return told.length || shown === 0 || !stage(other(side).side).boxes[name] ? told : [name];
  }

  function choose(side, name, reveal = true) {
    if (name == null) return;
    chosen = { side, name };
    const { view } = of(side);
    const across = other(side);
    for (const { view: each } of sides) each.place.querySelectorAll(".is-linked").forEach((it) => it.classList.remove("is-linked"));
    const names = partners(side, name);
    for (const one of names) across.view.find(visible(across.side, one))?.classList.add("is-linked");
    tell(names);
    const line = code(); // all writing first: to scroll, the browser must lay the page out
    view.choose(name, { focus: view.place.contains(document.activeElement), reveal });
    if (names.length && visible(across.side, names[0])) across.view.reveal(visible(across.side, names[0]));
    lead(line);
  }

  function tell(names) {
    const { side, name } = chosen;
    const box = stage(side).boxes[name];
    const across = stage(other(side).side);
    const tag = comparisons[shown][`${side}_tags`][name];
    const rows = [["kind", box.kind], [box.kind === "group" ? "holds" : "shape", box.second], ...box.details];
    if (tag) rows.push(["this pass", tag]);
    if (names.length) rows.push([`on the ${other(side).side}`, names.map((one) => across.boxes[one]?.title ?? one).join("\n")]);
    if (shown === 0 && side === "right" && names.length > 1) rows.push(["in this run", `${names.length} times`]);
    become(details, described(box.title, rows));
  }

  /** The code of the static graph on the right, with the lines of the chosen box, or of what belongs to it; returns the first of these. */
  function code() {
    const rows = stage("right")[which.value];
    if (rows !== written) rewrite(rows.length ? rows : [["(this backend cannot run the graph)", null]]);
    written = rows;
    const names = !chosen ? [] : chosen.side === "right" ? [chosen.name] : partners("left", chosen.name);
    const inside = (box, name) => box != null && (box === name || inside(stage("right").boxes[box]?.around, name));
    const marked = new Set(rows.flatMap(([, box], i) => (names.some((name) => inside(box, name)) ? [lines.children[i]] : [])));
    for (const line of lines.querySelectorAll(".is-chosen")) if (!marked.has(line)) line.classList.remove("is-chosen");
    for (const line of marked) line.classList.add("is-chosen");
    return marked.values().next().value;
  }

  function lead(line) {
    if (line) lines.scrollTop = Math.max(0, line.offsetTop - lines.offsetTop - 60);
  }

  /** A pass leaves most lines as they are: those with the same text and box stay. */
  function rewrite(rows) {
    const met = new Map();
    become(lines, h("div", {}, ...rows.map(([text, box]) => {
      const key = `${box}: ${text}`;
      met.set(key, (met.get(key) ?? 0) + 1);
      return h("div", { "data-box": box, "data-node": `${met.get(key)} ${key}` }, text || " ");
    })));
  }

  function fromCode(event) {
    const box = event.target.closest("[data-box]")?.dataset.box;
    if (box) reach("right", box);
  }

  function fold(side, name) {
    const box = stage(side).boxes[name];
    if (!box?.foldable) return;
    post.send({ do: "fold", each: true, box: name, close: of(side).view.find(name).getAttribute("aria-expanded") === "true" });
  }

  let wanted = null; // a box that becomes visible when the kernel has opened what is around it
  function reach(side, name) {
    const around = stage(side).boxes[name]?.around;
    if (of(side).view.find(name)) return choose(side, name);
    wanted = { side, name };
    post.send({ do: "fold", each: true, box: around, close: false });
  }

  function redrawn() {
    for (const [number, svg] of Object.entries(model.get("redrawn"))) stages[number].svg = svg;
    if (shown < 0) return;
    const hadFocus = sides.find(({ view }) => view.place.contains(document.activeElement));
    const at = wanted ?? chosen;
    wanted = null;
    for (const { side, view } of sides) {
      const [left, top] = [view.place.scrollLeft, view.place.scrollTop];
      view.show(stage(side).svg, view.current());
      view.place.scrollTo(left, top);
    }
    mark();
    underline();
    if (!at) return;
    choose(at.side, visible(at.side, at.name));
    if (hadFocus) of(at.side).view.choose(visible(at.side, at.name), { focus: true });
  }

  /** Boxes whose title, name or details hold the text, on both sides. */
  function find() {
    const text = search.value.trim().toLowerCase();
    found = !text ? [] : sides.flatMap(({ side }) => Object.entries(stage(side).boxes)
      .filter(([name, box]) => [name, box.title, box.second, ...box.details.flat()].join(" ").toLowerCase().includes(text))
      .map(([name]) => [side, name]));
    count.textContent = text ? `${found.length} found` : "";
    enable(findNext, found.length > 0);
    underline();
  }

  function underline() {
    for (const { view } of sides) view.place.querySelectorAll(".is-found").forEach((it) => it.classList.remove("is-found"));
    for (const [side, name] of found) of(side).view.find(name)?.classList.add("is-found");
  }

  function step(by) {
    if (!found.length) return;
    const at = found.findIndex(([side, name]) => chosen && side === chosen.side && name === chosen.name);
    const [side, name] = found.at((at + by) % found.length);
    count.textContent = `${found.findIndex((one) => one[0] === side && one[1] === name) + 1} of ${found.length} found`;
    reach(side, name);
  }

  const stop = follow(model, {
    comparison: () => compare(model.get("comparison")),
    redrawn,
    status: () => (status.textContent = model.get("status")),
  });
  return () => {
    clearTimeout(writing);
    stop();
    post.stop();
  };
}

export default { render };
