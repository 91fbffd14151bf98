// Controls that the explorers share: a labelled slider or list, a button, and a chooser of initializers.

/** A labelled control for `spec` (a slider, or with `options` a list); `changed(value)` is called at each move. */
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

const button = (text, act, attributes = {}) =>
  h("button", { type: "button", class: "xp-button", onclick: act, ...attributes }, text);

/** aria-disabled, not disabled: a button that has the focus keeps it. */
const enable = (control, on) => control.setAttribute("aria-disabled", String(!on));

/** A list of initializers with their knobs; `changed()` is called at each move. Read `kind()` and `knobs()`. */
function recipeChooser(recipes, first, changed, more = () => []) {
  const values = {}; // recipe name → knob key → value, as last set here
  for (const recipe of recipes) values[recipe.name] = Object.fromEntries(recipe.knobs.map((k) => [k.key, k.value]));
  const kind = h("select", { class: "xp-field", onchange: () => { show(); changed("kind"); } },
    ...recipes.map((r) => h("option", { value: r.name, selected: r.name === first }, r.name)));
  const says = h("p", { class: "xp-note" });
  const knobs = h("div", { class: "xp-knobs" });
  function show() {
    const recipe = recipes.find((r) => r.name === kind.value);
    says.textContent = recipe.says;
    knobs.replaceChildren(...more(recipe.name), ...recipe.knobs.map((spec) =>
      knob(spec, values[recipe.name][spec.key], (value) => { values[recipe.name][spec.key] = value; changed("knob"); })));
  }
  show();
  return {
    parts: [h("label", { class: "xp-knob" }, h("span", {}, "initializer"), kind), says, knobs],
    kind: () => kind.value,
    knobs: () => values[kind.value],
  };
}

/** Shows a trait that holds HTML. */
function pictured(model, trait) {
  const place = h("div", { class: "xp-picture" });
  return { place, stop: follow(model, { [trait]: () => become(place, parsed(model.get(trait))) }) };
}

const chooser = (title, ...parts) => h("fieldset", { class: "xp-chooser" }, h("legend", {}, title), ...parts);
