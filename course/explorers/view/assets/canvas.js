// A drawing that scrolls and zooms, whose nodes (elements with data-node) take the focus one at a time.

const ZOOMS = [0.1, 0.15, 0.25, 0.35, 0.5, 0.7, 0.85, 1, 1.25, 1.6, 2];

const KEPT = 24;
const pictures = new Map(); // the last few drawings, by their text, as `read` gives them

/** A drawing as elements that stay off the page, with the places of its nodes. */
function read(svg) {
  if (pictures.has(svg)) return pictures.get(svg);
  const page = parsed(svg);
  const drawing = page.firstChild;
  const { x: left, y: top, width: whole, height: all } = drawing.viewBox.baseVal;
  const places = [...drawing.querySelectorAll("[data-node]")].map((element) => {
    const [x, y] = corner(element, drawing);
    const { width, height } = element.querySelector("rect");
    const [w, t] = [width.baseVal.value, height.baseVal.value];
    return [element.dataset.node, { x: x - left + w / 2, y: y - top + t / 2, width: w, height: t }];
  });
  pictures.set(svg, { page, places: new Map(places), size: [whole, all] });
  if (pictures.size > KEPT) pictures.delete(pictures.keys().next().value);
  return pictures.get(svg);
}

/** Where an element stands in the drawing: its own shift and those of the boxes it lies in. */
function corner(element, drawing) {
  let [x, y] = [0, 0];
  for (let one = element; one !== drawing; one = one.parentNode) {
    const shift = one.transform?.baseVal.consolidate()?.matrix;
    if (shift) [x, y] = [x + shift.e, y + shift.f];
  }
  return [x, y];
}

/**
 * `chosen(node, byMouse)` is called with a node's data-node when it is chosen, by a click or by going there with the arrow
 * keys; `keys` are further keys, each with a function of the node. Returns the place, and what one can do with it.
 */
function canvas(label, chosen, keys = {}) {
  const place = h("div", { class: "xp-canvas", role: "listbox", "aria-label": label, onkeydown: onKey, onclick: onClick });
  let nodes = new Map(); // data-node → { element, x, y } in units of the drawing
  let current = null;
  let scale = 1;
  let size = [0, 0];

  function show(svg, keep = null) {
    const picture = read(svg);
    become(place, picture.page);
    nodes = new Map([...place.querySelectorAll("[data-node]")].map((element) =>
      [element.dataset.node, { element, ...picture.places.get(element.dataset.node) }]));
    size = picture.size;
    current = nodes.has(keep) ? keep : (nodes.keys().next().value ?? null);
    if (current != null) nodes.get(current).element.setAttribute("tabindex", "0");
    stretch();
  }

  /** Give the drawing its size on the page. */
  function stretch() {
    const drawing = place.firstChild;
    for (const [name, extent] of [["width", size[0] * scale], ["height", size[1] * scale]]) {
      if (drawing?.getAttribute(name) !== String(extent)) drawing?.setAttribute(name, extent);
    }
  }

  function zoom(to) {
    const middle = [(place.scrollLeft + place.clientWidth / 2) / scale, (place.scrollTop + place.clientHeight / 2) / scale];
    scale = to;
    stretch();
    place.scrollTo(middle[0] * scale - place.clientWidth / 2, middle[1] * scale - place.clientHeight / 2);
  }

  const larger = () => zoom(ZOOMS.find((one) => one > scale + 0.001) ?? scale);
  const smaller = () => zoom(ZOOMS.findLast((one) => one < scale - 0.001) ?? scale);
  const fit = () => zoom(Math.min(1, Math.max(0.05, (place.clientWidth - 20) / size[0], 0.05)));

  function choose(node, { focus = false, reveal: shown = true } = {}) {
    const key = String(node);
    if (!nodes.has(key)) return;
    for (const [one, on] of [[current, false], [key, true]]) {
      const element = nodes.get(one)?.element;
      element?.classList.toggle("is-chosen", on);
      element?.setAttribute("aria-selected", String(on));
      element?.setAttribute("tabindex", on ? "0" : "-1");
    }
    current = key;
    if (shown) reveal(key);
    if (focus) nodes.get(key).element.focus({ preventScroll: true });
  }

  /** Scroll only as far as needed, and only in here. */
  function reveal(node) {
    const { x, y, width, height } = nodes.get(String(node));
    const near = (at, extent, start, room) => {
      const [low, high] = [(at - extent / 2) * scale - 40, (at + extent / 2) * scale + 40];
      if (low >= start && high <= start + room) return start;
      return high - low > room ? low : at * scale - room / 2; // what is larger than the view begins at its edge
    };
    place.scrollTo(near(x, width, place.scrollLeft, place.clientWidth), near(y, height, place.scrollTop, place.clientHeight));
  }

  /** The nearest node in a direction: up and down the next row comes first, to the sides the same row. */
  function beside([dx, dy]) {
    const from = nodes.get(current);
    let [best, least] = [null, Infinity];
    for (const [key, to] of nodes) {
      const [x, y] = [to.x - from.x, to.y - from.y];
      const [ahead, aside] = [x * dx + y * dy, Math.abs(x * dy) + Math.abs(y * dx)];
      const distance = dy ? 3 * ahead + aside : ahead + 4 * aside;
      if (ahead > 4 && distance < least && to.element.checkVisibility()) [best, least] = [key, distance];
    }
    return best;
  }

  function go(node, byMouse = false) {
    if (node == null) return;
    choose(node, { focus: true, reveal: !byMouse }); // what was pointed at stays where it is
    chosen(node, byMouse);
  }

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || current == null) return;
    const moves = {
      ArrowDown: () => go(beside([0, 1])), ArrowUp: () => go(beside([0, -1])),
      ArrowRight: () => go(beside([1, 0])), ArrowLeft: () => go(beside([-1, 0])),
      Home: () => go([...nodes.keys()][0]), End: () => go([...nodes.keys()].at(-1)),
      "+": larger, "-": smaller, 0: fit, Enter: () => go(current), " ": () => go(current), ...keys,
    };
    if (!Object.hasOwn(moves, event.key)) return;
    event.preventDefault();
    moves[event.key](current);
  }

  function onClick(event) {
    const node = event.target.closest?.("[data-node]");
    if (node && !dragged) go(node.dataset.node, true);
  }

  let dragged = false; // a click that ends a drag chooses nothing
  place.addEventListener("pointerdown", (down) => {
    if (down.button !== 0 || down.pointerType === "touch") return;
    const [left, top] = [place.scrollLeft, place.scrollTop];
    dragged = false;
    const move = (event) => {
      if (Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) > 4) dragged = place.dataset.drag = true;
      if (dragged) place.scrollTo(left + down.clientX - event.clientX, top + down.clientY - event.clientY);
    };
    const up = () => {
      delete place.dataset.drag;
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", up);
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", up);
  });

  const buttons = [
    button("Zoom in", larger), button("Zoom out", smaller), button("Fit width", fit),
  ];
  return { place, show, choose, reveal, buttons, find: (node) => nodes.get(String(node))?.element, current: () => current };
}

/** What is known of a node, as (term, text): what an element becomes that shows it. */
const described = (title, rows) => h("div", {}, h("p", { class: "xp-title" }, title), h("dl", {}, ...rows.filter(([, text]) => text).flatMap(
  ([term, text]) => [h("dt", {}, term), h("dd", {}, h("pre", {}, text))])));
