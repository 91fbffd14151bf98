// Tied parameters: choose one, and which of its uses to count in.

function render({ model, el }) {
  const post = courier(model);
  const list = h("select", { class: "xp-field", onchange: () => post.send({ do: "select", name: list.value }) });
  const uses = h("div", { class: "xp-uses", role: "group", "aria-label": "uses to count in" });
  const status = h("p", { class: "xp-status", role: "status" });
  const { place, stop } = pictured(model, "picture");
  const marked = () => [...uses.querySelectorAll("input")].flatMap((box, i) => (box.checked ? [i] : []));

  const stops = follow(model, {
    names: () => list.replaceChildren(...model.get("names").map((name) => h("option", { value: name }, name))),
    selected: () => (list.value = model.get("selected")),
    uses: () => uses.replaceChildren(...model.get("uses").map((label, i) => h("label", {},
      h("input", {
        type: "checkbox", checked: model.get("counted").includes(i), onchange: () => post.send({ do: "count", uses: marked() }),
      }), label))),
    status: () => (status.textContent = model.get("status")),
  });
  const root = h("section", { class: "xp xp-live xp-ties", "aria-label": "Tied parameters" },
    chooser("The gradient as a sum",
      h("label", { class: "xp-knob" }, h("span", {}, "parameter"), list), uses,
      h("div", { class: "xp-buttons" }, button("Read again", () => post.send({ do: "refresh" })))),
    place, status);
  guardKeys(root);
  el.append(root);
  return () => [stop, stops, post.stop].forEach((f) => f());
}

export default { render };
