// The training board, and with `playground` set also the controls of two runs.

function settingsPane(model, post, label, controls) {
  const values = { ...model.get("settings")[label] };
  const changed = (key) => (value) => {
    values[key] = value;
    post.send({ do: "choose", run: label, ...values, each: lastRun !== label });
    lastRun = label;
  };
  return chooser(`Run ${label}`, ...controls.map((spec) => knob(spec, values[spec.key], changed(spec.key))));
}
let lastRun = null; // a waiting command of one run is not replaced by one of the other

function render({ model, el }) {
  const post = courier(model);
  const { controls, data } = model.get("playground");
  const go = button("Train", () => post.send({ do: model.get("running") ? "pause" : "train", each: true }));
  const step = button("Step", () => post.send({ do: "step", each: true }));
  const again = button("Start anew", () => post.send({ do: "restart", each: true }));
  const status = h("p", { class: "xp-status", role: "status" });
  const { place, stop } = pictured(model, "picture");
  const settings = controls
    ? [h("div", { class: "xp-side" }, ...["A", "B"].map((label) => settingsPane(model, post, label, controls)))]
    : [];
  const lists = controls
    ? [knob({ label: "data", options: data }, model.get("data"), (name) => post.send({ do: "learn", data: name }))]
    : [];
  lists.push(knob({ label: "speed", options: model.get("paces") }, model.get("pace"), (pace) => post.send({ do: "hurry", pace })));
  const root = h("section", { class: "xp xp-live xp-training", "aria-label": model.get("title") },
    ...settings, h("div", { class: "xp-buttons" }, go, step, ...(controls ? [again] : []), ...lists), place, status);
  guardKeys(root);
  el.append(root);
  const stops = follow(model, {
    "running over": () => {
      go.textContent = model.get("running") ? "Pause" : "Train";
      enable(go, !model.get("over"));
      enable(step, !model.get("over"));
    },
    status: () => (status.textContent = model.get("status")),
  });
  return () => [stop, stops, post.stop].forEach((f) => f());
}

export default { render };
