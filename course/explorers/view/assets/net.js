// The explorer of a network: a tree of blocks, the chosen parameter's pictures, and a chooser of initializers.

function treePane(model, courier) {
  const closed = new Set(); // paths of blocks whose inside is folded away
  let shown = []; // rows on screen, each with its element
  let current = null; // path of the row that Tab leads to

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
    pattern: () => { if (document.activeElement !== filter) filter.value = model.get("pattern"); },
    filtered: () => {
      const { text, valid } = model.get("filtered");
      note.textContent = text;
      filter.setAttribute("aria-invalid", String(!valid));
    },
  });
  return { pane, stop };
}

function knob(spec, value, changed) {
  if (spec.options) {
    const list = h("select", { class: "xp-field", onchange: () => changed(list.value) },
      ...spec.options.map((option) => h("option", { value: option, selected: option === value }, option)));
    return h("label", { class: "xp-knob" }, h("span", {}, spec.label), list);
  }
  const shown = h("output", { "aria-hidden": "true" }, String(value));
  const slider = h("input", {
    type: "range", min: spec.low, max: spec.high, step: spec.step, value, "aria-label": spec.label,
    oninput: () => { shown.textContent = slider.value; changed(Number(slider.value)); },
  });
  return h("label", { class: "xp-knob" }, h("span", {}, spec.label), slider, shown);
}

function chooserPane(model, courier) {
  const values = {}; // recipe name → knob key → value, as last set here
  let fresh = 0; // counts the draws, so that a slider turns the same random numbers and “Draw again” takes others
  const name = freshId();
  const recipes = model.get("recipes");
  for (const recipe of recipes) values[recipe.name] = Object.fromEntries(recipe.knobs.map((k) => [k.key, k.value]));

  const kind = h("select", { class: "xp-field", onchange: showKnobs },
    ...recipes.map((r) => h("option", { value: r.name, selected: r.name === "Uniform" }, r.name)));
  const says = h("p", { class: "xp-note" });
  const knobs = h("div", { class: "xp-knobs" });
  const one = h("input", { type: "radio", name, checked: true });
  const all = h("input", { type: "radio", name });
  const allText = h("span");
  const button = (text, act) => h("button", { type: "button", class: "xp-button", onclick: act }, text);
  const undo = button("Undo", () => courier.send({ do: "undo", each: true }));
  const restore = button("Restore all", () => courier.send({ do: "restore", each: true }));
  const buttons = h("div", { class: "xp-buttons" },
    button("Initialize", () => { fresh += 1; apply(); }), undo, restore,
    button("Read again", () => courier.send({ do: "refresh" })));
  const status = h("p", { class: "xp-status", role: "status" });
  const pane = h("fieldset", { class: "xp-chooser" },
    h("legend", {}, "Initialize anew"),
    h("div", { class: "xp-target" },
      h("label", {}, one, " the chosen parameter"), h("label", {}, all, " ", allText)),
    h("label", { class: "xp-knob" }, h("span", {}, "initializer"), kind),
    says, knobs, buttons, status);

  function apply() {
    courier.send({
      do: "initialize", recipe: kind.value, knobs: values[kind.value], target: all.checked ? "matched" : "selected", draw: fresh,
    });
  }

  function showKnobs() {
    const recipe = recipes.find((r) => r.name === kind.value);
    says.textContent = recipe.says;
    knobs.replaceChildren(...recipe.knobs.map((spec) =>
      knob(spec, values[recipe.name][spec.key], (value) => { values[recipe.name][spec.key] = value; apply(); })));
  }
  showKnobs();

  const stop = follow(model, {
    filtered: () => (allText.textContent = `all that the filter matches (${model.get("filtered").matched})`),
    // aria-disabled, not disabled: a button that has the focus keeps it
    changes: () => [undo, restore].forEach((b) => b.setAttribute("aria-disabled", String(!model.get("changes")))),
    status: () => (status.textContent = model.get("status")),
  });
  return { pane, stop };
}

function render({ model, el }) {
  const post = courier(model);
  const tree = treePane(model, post);
  const chooser = chooserPane(model, post);
  const picture = h("div", { class: "xp-picture" });
  const root = h("section", { class: "xp xp-live", "aria-label": "Explorer of a network" },
    h("div", { class: "xp-columns" }, tree.pane, h("div", { class: "xp-pane" }, picture, chooser.pane)));
  guardKeys(root);
  el.append(root);
  // Escaped where it was made, by view/pictures.py.
  const stop = follow(model, { picture: () => (picture.innerHTML = model.get("picture")) });
  return () => [stop, tree.stop, chooser.stop, post.stop].forEach((f) => f());
}

export default { render };
