// Shared by all explorers: view/widget.py puts this text before each explorer's own.

/** An element: h("button", { class: "xp-button", onclick: f }, "Undo"). */
function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value != null) element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

let lastId = 0;
/** An id no other element of this page has. */
const freshId = () => `xp-${Date.now().toString(36)}-${++lastId}`;

/**
 * Keep keys to ourselves: in JupyterLab's command mode `x` deletes the cell and `b` adds one. JupyterLab heeds the
 * attribute, on the focused element itself; other front ends only miss an event that was stopped.
 */
function guardKeys(root) {
  root.addEventListener("focusin", (event) => (event.target.dataset.lmSuppressShortcuts = "true"));
  root.addEventListener("keydown", (event) => event.stopPropagation());
}

/** Follow traits of the model, from now on; returns the function that stops it. */
function follow(model, handlers) {
  const followed = Object.entries(handlers).map(([traits, handler]) => [
    traits.split(" ").map((name) => `change:${name}`).join(" "),
    () => handler(),
  ]);
  for (const [events, handler] of followed) {
    model.on(events, handler);
    handler();
  }
  return () => followed.forEach(([events, handler]) => model.off(events, handler));
}

const LEAST_INTERVAL = 50; // ms between two messages: 20 a second at most
const PATIENCE = 5000; // ms after which an answer is no longer waited for
const PAUSE = 700; // ms without a command after which the still picture is drawn anew

/**
 * Sends commands to the kernel, the next one only after the last was answered (trait `answered`): a busy kernel is
 * never flooded. Of commands of one kind that follow each other, the newest replaces those still waiting; one with
 * `each` set is never replaced.
 */
function courier(model) {
  const tag = freshId();
  const queue = [];
  let sent = 0;
  let answered = 0;
  let sentAt = 0;
  let timer = null;
  let pause = null;
  function next() {
    clearTimeout(timer);
    if (!queue.length) return;
    const waited = Date.now() - sentAt;
    if (waited >= LEAST_INTERVAL && (answered === sent || waited > PATIENCE)) {
      sent += 1;
      sentAt = Date.now();
      model.send({ ...queue.shift(), ticket: [tag, sent] });
    }
    if (queue.length) timer = setTimeout(next, waited < LEAST_INTERVAL ? LEAST_INTERVAL - waited : PATIENCE);
  }
  function enqueue(command) {
    const last = queue.at(-1);
    if (last && last.do === command.do && !command.each) queue.pop();
    queue.push(command);
    next();
  }
  const stop = follow(model, {
    answered() {
      const [whose, ticket] = model.get("answered");
      if (whose !== tag) return; // the answer to another view of the same explorer
      answered = ticket;
      next();
    },
  });
  return {
    send(command) {
      enqueue(command);
      clearTimeout(pause);
      pause = setTimeout(() => enqueue({ do: "keep" }), PAUSE);
    },
    stop() {
      clearTimeout(timer);
      clearTimeout(pause);
      stop();
    },
  };
}
