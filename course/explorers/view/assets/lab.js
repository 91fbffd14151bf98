// The initializer lab: choose an initializer, a shape, a network; see the sample's law and the variances through depth.

function render({ model, el }) {
  const post = courier(model);
  const { shape, network, activations, written, example } = model.get("sliders");
  const first = model.get("settings");
  const numbers = Object.fromEntries([...shape, ...network].map((s) => [s.key, first[s.key]]));
  let seed = first.seed;
  let activation = first.activation;
  let expression = first.expression;
  const send = () => post.send({
    do: "choose", recipe: recipe.kind(), knobs: recipe.knobs(), expression, activation, seed, ...numbers,
  });

  const field = h("textarea", {
    class: "xp-field", rows: 2, spellcheck: "false", "aria-label": "expression for the weights",
    oninput: () => { expression = field.value; send(); },
  }, expression || example);
  const recipe = recipeChooser(model.get("recipes"), first.recipe, send, (name) => (name === written ? [field] : []));
  const slider = (spec) => knob(spec, numbers[spec.key], (value) => { numbers[spec.key] = value; send(); });
  const acts = knob({ label: "activation", options: activations }, activation, (value) => { activation = value; send(); });
  const status = h("p", { class: "xp-status", role: "status" });
  const { place, stop } = pictured(model, "picture");
  const root = h("section", { class: "xp xp-live xp-lab", "aria-label": "Initializer lab" },
    h("div", { class: "xp-side" },
      chooser("Initializer", ...recipe.parts, h("div", { class: "xp-buttons" },
        button("Draw again", () => { seed += 1; send(); }))),
      chooser("Weight", ...shape.map(slider)),
      chooser("Network", acts, ...network.map(slider))),
    place, status);
  guardKeys(root);
  el.append(root);
  const stopStatus = follow(model, { status: () => (status.textContent = model.get("status")) });
  return () => [stop, stopStatus, post.stop].forEach((f) => f());
}

export default { render };
