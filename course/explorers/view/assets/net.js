// The explorer of a network: a tree of blocks, the chosen parameter's pictures, and what changes them.

function treePane(model, courier) {
  const closed = new Set(); // paths of blocks whose inside is folded away
  let shown = []; // rows on screen, each with its element
  let current = null; // path of the row that Tab leads to
  let flashing = []; // paths of what was written a moment ago
  let flashed = null; // the timer that ends it

  const filter = h("input", {
    type: "text", class: "xp-field", spellcheck: "false", autocomplete: "off", placeholder: ".*weight",
    oninput: () => courier.send({ do: "filter", pattern: filter.value }),
  });
  const note = h("p", { class: "xp-note", role: "status", id: freshId() });
  filter.setAttribute("aria-describedby", note.id);
  const tree = h("div", { class: "xp-tree", role: "tree", "aria-label": "Blocks and parameters", onkeydown: onKey });
  const pane = h("div", { class: "xp-pane" },
    h("label", { class: "xp-label" }, "Filter names (regular expression)", filter), note, tree);

  const isInside = (path, block) => block === "" || path.startsWith(`${block}.`);

  function build() {
    const hadFocus = tree.contains(document.activeElement);
    const matching = new Set(model.get("visible"));
    const rows = model.get("rows").filter((row, index) => {
      const folded = [...closed].some((block) => row.path !== block && isInside(row.path, block));
      return matching.has(index) && !folded;
    });
    shown = rows.map((row) => ({ row, element: item(row) }));
    tree.replaceChildren(...shown.map((s) => s.element));
    if (!shown.some((s) => s.row.path === current)) current = model.get("selected");
    if (!shown.some((s) => s.row.path === current)) current = shown[0]?.row.path ?? null;
    mark();
    if (hadFocus) find(current)?.element.focus();
  }

  function item(row) {
    const open = row.leaf ? null : String(!closed.has(row.path));
    const twist = h("span", { class: "xp-twist", "aria-hidden": "true" }, row.leaf ? "" : open === "true" ? "▾" : "▸");
    const element = h("div", {
      class: `xp-item xp-${row.kind}`, role: "treeitem", tabindex: "-1", title: row.name, style: `--level: ${row.level}`,
      "aria-level": row.level + 1, "aria-expanded": open, "data-path": row.path, onclick: () => go(row.path),
    }, twist, h("span", { class: "xp-what" }, row.label), " ", h("span", { class: "xp-detail" }, row.detail), " ",
    h("code", { class: "xp-name" }, row.name), ...row.notes.flatMap((text) => [" ", h("span", { class: "xp-badge" }, text)]));
    twist.addEventListener("click", (event) => { event.stopPropagation(); fold(row, open === "true"); go(row.path); });
    return element;
  }

  const find = (path) => shown.find((s) => s.row.path === path);

  function mark() {
    for (const { row, element } of shown) {
      element.tabIndex = row.path === current ? 0 : -1;
      if (row.kind === "parameter") element.setAttribute("aria-selected", String(row.path === model.get("selected")));
    }
    light();
  }

  function light() {
    for (const { row, element } of shown) element.classList.toggle("xp-flash", flashing.includes(row.path));
  }

  /** All places of what was written light up together. */
  function flash() {
    flashing = model.get("flash").paths ?? [];
    light();
    clearTimeout(flashed);
    flashed = setTimeout(() => { flashing = []; light(); }, FLASH);
  }

  function go(path) {
    const to = find(path);
    if (!to) return;
    current = path;
    mark();
    to.element.focus();
    if (to.row.kind === "parameter") courier.send({ do: "select", path });
  }

  function fold(row, close) {
    if (row.leaf) return;
    if (close) closed.add(row.path);
    else closed.delete(row.path);
    build();
  }

  function onKey(event) {
    const at = shown.findIndex((s) => s.row.path === current);
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const { row } = shown[at];
    const isOpen = !row.leaf && !closed.has(row.path);
    const parent = () => shown.slice(0, at).findLast((s) => s.row.level < row.level)?.row.path;
    const moves = {
      ArrowDown: () => go(shown[at + 1]?.row.path),
      ArrowUp: () => go(shown[at - 1]?.row.path),
      Home: () => go(shown[0].row.path),
      End: () => go(shown.at(-1).row.path),
      ArrowRight: () => (row.leaf ? null : isOpen ? go(shown[at + 1]?.row.path) : fold(row, false)),
      ArrowLeft: () => (isOpen ? fold(row, true) : go(parent())),
      Enter: () => (row.leaf ? go(row.path) : fold(row, isOpen)),
      " ": () => (row.leaf ? go(row.path) : fold(row, isOpen)),
    };
    if (!moves[event.key]) return;
    event.preventDefault();
    moves[event.key]();
  }

  const stop = follow(model, {
    "rows visible": build,
    selected: mark,
    flash,
    pattern: () => { if (document.activeElement !== filter) filter.value = model.get("pattern"); },
    filtered: () => {
      const { text, valid } = model.get("filtered");
      note.textContent = text;
      filter.setAttribute("aria-invalid", String(!valid));
    },
  });
  return { pane, stop };
}

function chooserPane(model, courier) {
  let fresh = 0; // counts the draws, so that a slider turns the same random numbers and “Draw again” takes others
  const name = freshId();
  const one = h("input", { type: "radio", name, checked: true });
  const all = h("input", { type: "radio", name });
  const allText = h("span");
  const recipe = recipeChooser(model.get("recipes"), "Uniform", (what) => { if (what === "knob") apply(); });
  const undo = button("Undo", () => courier.send({ do: "undo", each: true }));
  const restore = button("Restore all", () => courier.send({ do: "restore", each: true }));
  const pane = chooser("Initialize anew",
    h("div", { class: "xp-target" },
      h("label", {}, one, " the chosen parameter"), h("label", {}, all, " ", allText)),
    ...recipe.parts,
    h("div", { class: "xp-buttons" },
      button("Initialize", () => { fresh += 1; apply(); }), undo, restore,
      button("Read again", () => courier.send({ do: "refresh" }))));

  function apply() {
    courier.send({
      do: "initialize", recipe: recipe.kind(), knobs: recipe.knobs(), target: all.checked ? "matched" : "selected", draw: fresh,
    });
  }

  const stop = follow(model, {
    filtered: () => (allText.textContent = `all that the filter matches (${model.get("filtered").matched})`),
    changes: () => [undo, restore].forEach((b) => enable(b, model.get("changes"))),
  });
  return { pane, stop };
}

function editPane(model, courier) {
  const index = h("input", {
    class: "xp-field", type: "text", inputmode: "numeric", autocomplete: "off", placeholder: "0, 0", "aria-label": "index",
    onchange: () => courier.send({ do: "pick", index: indices() }),
  });
  const value = h("input", { class: "xp-field", type: "number", step: "any", "aria-label": "value", onkeydown: entered });
  const pane = chooser("Change one value",
    h("div", { class: "xp-buttons" },
      h("label", {}, "index ", index), h("label", {}, "value ", value), button("Set", set)),
    h("p", { class: "xp-note" }, "Or click a cell of the heatmap to choose it."));

  const indices = () => index.value.split(",").map((text) => text.trim()).filter((text) => text).map(Number);
  function set() {
    if (value.value === "") return;
    courier.send({ do: "edit", index: indices(), value: Number(value.value), each: true });
  }
  function entered(event) {
    if (event.key === "Enter") set();
  }
  const stop = follow(model, {
    picked: () => {
      const picked = model.get("picked");
      index.value = (picked.index ?? []).join(", ");
      value.value = picked.value ?? "";
    },
  });
  return { pane, stop };
}

/** A click on the heatmap of the values chooses the cell's element. */
function pickCell(courier, event) {
  const image = event.target.closest(".xp-figure:first-child img.xp-heatmap");
  if (!image) return;
  const box = image.getBoundingClientRect();
  const part = (at, start, length, cells) => Math.min(cells - 1, Math.floor(((at - start) / length) * cells));
  courier.send({
    do: "pick",
    row: part(event.clientY, box.top, box.height, image.naturalHeight),
    column: part(event.clientX, box.left, box.width, image.naturalWidth),
  });
}

const FLASH = 1600; // ms

function render({ model, el }) {
  const post = courier(model);
  const tree = treePane(model, post);
  const initialize = chooserPane(model, post);
  const edit = editPane(model, post);
  const picture = pictured(model, "picture");
  picture.place.addEventListener("click", (event) => pickCell(post, event));
  const depth = pictured(model, "depth");
  const status = h("p", { class: "xp-status", role: "status" });
  const stopStatus = follow(model, { status: () => (status.textContent = model.get("status")) });
  const root = h("section", { class: "xp xp-live", "aria-label": "Explorer of a network" },
    h("div", { class: "xp-columns" }, h("div", { class: "xp-pane" }, tree.pane, depth.place),
      h("div", { class: "xp-pane" }, picture.place, initialize.pane, edit.pane, status)));
  guardKeys(root);
  el.append(root);
  return () => [picture, depth, tree, initialize, edit, post].map((part) => part.stop).concat(stopStatus).forEach((f) => f());
}

export default { render };
