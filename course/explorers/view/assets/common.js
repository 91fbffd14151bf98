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

/** HTML that was escaped where it was made, in Python, as elements that are not on the page. */
function parsed(html) {
  const holder = h("template");
  holder.innerHTML = html;
  return holder.content;
}

/**
 * Make what is inside `now` look like what is inside `then`, and touch only what differs: the browser then lays out, decodes
 * and paints no more than that. Elements with data-node are matched by it, all others by where they stand.
 */
function become(now, then) {
  const known = keyed(now);
  const wanted = keyed(then);
  for (const [key, node] of known) if (!wanted.has(key)) node.remove();
  let at = now.firstChild;
  const drop = () => { const gone = at; at = at.nextSibling; gone.remove(); };
  for (const fresh of then.childNodes) {
    const key = fresh.dataset?.node;
    while (key != null && at && at.dataset?.node == null) drop();
    const old = key == null ? at : known.get(key);
    if (!old || old.nodeName !== fresh.nodeName || (key == null && old.dataset?.node != null)) {
      now.insertBefore(document.importNode(fresh, true), at);
      continue;
    }
    if (old === at) at = at.nextSibling;
    else now.insertBefore(old, at);
    if (old.isEqualNode(fresh)) continue;
    if (fresh.nodeType === Node.ELEMENT_NODE) {
      for (const name of old.getAttributeNames()) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
      for (const name of fresh.getAttributeNames()) {
        if (old.getAttribute(name) !== fresh.getAttribute(name)) old.setAttribute(name, fresh.getAttribute(name));
      }
      become(old, fresh);
    } else if (old.data !== fresh.data) old.data = fresh.data;
  }
  while (at) drop();
}

const keyed = (parent) => new Map([...parent.children].filter((it) => it.dataset.node != null).map((it) => [it.dataset.node, it]));

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

/** Tell the kernel a trait's value, if it does not know it already. */
function write(model, trait, value) {
  if (model.get(trait) === value) return;
  model.set(trait, value);
  model.save_changes();
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
