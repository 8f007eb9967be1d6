// What a person does with the page: filter, choose one mission, move the figures. Text from
// strangers only ever becomes text; nothing is fetched and nothing is evaluated.
"use strict";
(async () => {
  const data = JSON.parse(document.getElementById("page-data").textContent);
  const byId = (id) => document.getElementById(id);
  const all = (what) => [...document.querySelectorAll(what)];
  const night = matchMedia("(prefers-color-scheme: dark)");
  const state = { chosen: null, shown: [], step: null };
  const plots = {};
  const NEAR_PX = 14;
  const ON_GROUND = "on the ground";

  for (const one of all(".needs-script")) one.hidden = false;

  // ---- figures -------------------------------------------------------------------------
  async function embed(name) {
    const figure = data.figures[name];
    const before = Bokeh.documents.length;
    await Bokeh.embed.embed_item(figure.item, byId(`plot-${name}`));
    const doc = Bokeh.documents[before];
    const plot = doc.roots()[0];
    plots[name] = { doc, plot, home: null, host: byId(`plot-${name}`) };
    dress(name, night.matches);
  }

  function dress(name, dark) {
    const { doc } = plots[name];
    for (const [model, property, light, nightly] of data.figures[name].swaps) {
      doc.get_model_by_name(model)[property] = dark ? nightly : light;
    }
  }

  function viewOf(plot) {
    // By the model itself: two figures may carry the same id.
    return [...Bokeh.index].find((view) => view.model === plot);
  }

  function frameOf(name) {
    const { plot } = plots[name];
    return {
      x: [plot.x_range.start, plot.x_range.end], y: [plot.y_range.start, plot.y_range.end],
      wide: Math.max(plot.inner_width, 1), high: Math.max(plot.inner_height, 1),
    };
  }

  function look(name, middle, perPixel) {
    // One scale both ways, or a circle would be drawn as an egg.
    const { plot } = plots[name];
    const { wide, high } = frameOf(name);
    const [w, h] = [wide * perPixel / 2, high * perPixel / 2];
    plot.x_range.setv({ start: middle[0] - w, end: middle[0] + w });
    plot.y_range.setv({ start: middle[1] - h, end: middle[1] + h });
    plots[name].view = { middle, perPixel };
  }

  function fit([west, south, east, north]) {
    const { wide, high } = frameOf("map");
    const perPixel = Math.max((east - west) / wide, (north - south) / high, 60) * 1.15;
    look("map", [(west + east) / 2, (south + north) / 2], perPixel);
  }

  function around(boxes) {
    return [Math.min, Math.min, Math.max, Math.max].map((pick, side) =>
      pick(...boxes.map((box) => box[side])));
  }

  function home() {
    plots.map.moved = false;
    // What is drawn and the regions, or the one mission chosen.
    const boxes = state.shown.map((i) => data.missions[i].box);
    if (state.chosen === null) boxes.push(data.regions);
    fit(around(boxes));
  }

  function move(name, act) {
    const { plot } = plots[name];
    const { x, y, wide } = frameOf(name);
    const middle = [(x[0] + x[1]) / 2, (y[0] + y[1]) / 2];
    const [w, h] = [x[1] - x[0], y[1] - y[0]];
    const zoom = { in: 1 / 1.6, out: 1.6 }[act] ?? 1;
    const by = 0.25;
    const to = { left: [-by, 0], right: [by, 0], up: [0, by], down: [0, -by] }[act] ?? [0, 0];
    if (name === "map") {
      if (act === "all") return home();
      plots.map.moved = true;
      if (act === "regions") return fit(data.regions);
      return look(name, [middle[0] + to[0] * w, middle[1] + to[1] * h], (w / wide) * zoom);
    }
    const [low, high] = plots.chart.home;
    const span = act === "all" ? high - low : Math.min(w * zoom, high - low);
    let start = act === "all" ? low : middle[0] + to[0] * w - span / 2;
    start = Math.max(low, Math.min(start, high - span));
    plot.x_range.setv({ start, end: start + span });
  }

  // ---- what is drawn and listed --------------------------------------------------------
  function wanted() {
    const asked = {};
    for (const one of all("[data-filter]")) asked[one.dataset.filter] = one.value;
    return data.missions.map((one) =>
      (!asked.type || one.type === asked.type) &&
      (!asked.agency || one.agency === asked.agency) &&
      (!asked.status || one.status === asked.status) &&
      (!asked.region || one.regions.includes(asked.region)));
  }

  function update() {
    const fits = wanted();
    if (state.chosen !== null && !fits[state.chosen]) forget();
    const status = document.querySelector("[data-filter=status]")?.value;
    const drawn = [];
    fits.forEach((fit, i) => {
      const one = data.missions[i];
      const open = data.tail || one.status === "counted" || one.status === status;
      if (state.chosen === null ? fit && open : i === state.chosen) drawn.push(i);
    });
    for (const row of all("tr[data-number]")) {
      const number = Number(row.dataset.number);
      row.hidden = !fits[number];
      const chosen = number === state.chosen;
      row.classList.toggle("chosen", chosen);
      row.querySelector(".show").setAttribute("aria-pressed", String(chosen));
    }
    state.shown = drawn;
    if (plots.map) plots.map.doc.get_model_by_name("tracks-chosen").indices = drawn;
    tell(fits, drawn);
  }

  function tell(fits, drawn) {
    const rows = fits.filter(Boolean).length;
    const counted = fits.filter((fit, i) => fit && data.missions[i].status === "counted").length;
    const sum = `${rows} of ${fits.length} rows listed, ${counted} of them counted; ` +
      `${drawn.length} ${drawn.length === 1 ? "track" : "tracks"} drawn.`;
    const one = data.missions[state.chosen];
    byId("told").textContent = one ? `Chosen: ${one.date}, ${one.who}. ${sum}` : sum;
  }

  function forget() {
    state.chosen = null;
    byId("selected").hidden = true;
    hideTip();
    if (location.hash.startsWith("#mission=")) history.replaceState(null, "", "#");
  }

  function choose(number) {
    if (number === null) {
      forget();
    } else {
      const one = data.missions[number];
      state.chosen = number;
      byId("selected").hidden = false;
      byId("selected-told").textContent =
        `${one.date}, ${one.who} (${one.agency}), ${one.status}. ${one.stays.join("; ")}. Its end: ${one.ending}.`;
      const steps = positions(number);
      Object.assign(byId("step"), { min: 0, max: steps.length - 1, value: 0 });
      step();
      history.replaceState(null, "", `#mission=${encodeURIComponent(one.id)}`);
    }
    update();
    if (plots.map) home();
  }

  // ---- telling a position --------------------------------------------------------------
  function column(name) {
    return plots.map.doc.get_model_by_name("tracks-source").get_column(name);
  }

  function positions(number) {
    // Where two runs meet stands a place that is nowhere; it is no position.
    if (!plots.map) return [];
    const xs = column("xs")[number];
    return [...xs.keys()].filter((i) => !Number.isNaN(xs[i]));
  }

  function told(number, i) {
    const one = data.missions[number];
    const at = one.start_ms + column("second")[number][i] * 1000;
    const feet = column("alt_ft")[number][i];
    const height = Number.isNaN(feet) ? "altitude not known"
      : feet === Infinity ? ON_GROUND : `${Math.round(feet).toLocaleString("en-US")} ft`;
    return `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC, ${height}`;
  }

  function step() {
    const number = state.chosen;
    const steps = positions(number);
    const i = steps[Number(byId("step").value)];
    if (i === undefined) return;
    const [x, y] = [column("xs")[number][i], column("ys")[number][i]];
    const lon = x / 6378137 * 180 / Math.PI;
    const lat = (2 * Math.atan(Math.exp(y / 6378137)) - Math.PI / 2) * 180 / Math.PI;
    const last = i === steps.at(-1) ? ", last position heard" : "";
    const text = `${told(number, i)}, at ${lat.toFixed(3)}, ${lon.toFixed(3)}${last}`;
    byId("step").setAttribute("aria-valuetext", text);
    byId("step-told").textContent = text;
    if (state.stepping) showTip("map", ...pixel("map", x, y), told(number, i));
  }

  function pixel(name, x, y) {
    const { plot } = plots[name];
    const f = frameOf(name);
    const { left, top } = viewOf(plot).frame.bbox;
    return [left + (x - f.x[0]) / (f.x[1] - f.x[0]) * f.wide,
      top + (f.y[1] - y) / (f.y[1] - f.y[0]) * f.high];
  }

  function nearest(x, y) {
    const f = frameOf("map");
    const perPixel = (f.x[1] - f.x[0]) / f.wide;
    let best = null;
    let least = (NEAR_PX * perPixel) ** 2;
    const [xss, yss] = [column("xs"), column("ys")];
    for (const number of state.shown) {
      const [xs, ys] = [xss[number], yss[number]];
      for (let i = 0; i < xs.length; i += 1) {
        const far = (xs[i] - x) ** 2 + (ys[i] - y) ** 2;
        if (far < least) [least, best] = [far, [number, i]];
      }
    }
    return best;
  }

  function inside(polygons, x, y) {
    let odd = false;
    const [xs, ys] = polygons;
    xs.forEach((polygon, p) => polygon.forEach((ring, r) => {
      const other = ys[p][r];
      for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
        const crosses = (other[i] > y) !== (other[j] > y);
        if (crosses && x < (ring[j] - ring[i]) * (y - other[i]) / (other[j] - other[i]) + ring[i]) {
          odd = !odd;
        }
      }
    }));
    return odd;
  }

  function regionsAt(x, y) {
    const found = [];
    for (const name of ["regions-source", "parts-source"]) {
      const source = plots.map.doc.get_model_by_name(name);
      const [xs, ys] = [source.get_column("xs"), source.get_column("ys")];
      source.get_column("title").forEach((title, i) => {
        if (inside([xs[i], ys[i]], x, y)) found.push(title);
      });
    }
    return found.filter((one) => !found.some((other) => other.startsWith(`${one}: `)));
  }

  function showTip(name, sx, sy, text) {
    const tip = byId("tip");
    const box = plots[name].host.getBoundingClientRect();
    tip.textContent = text;
    tip.hidden = false;
    const left = box.left + scrollX + sx + 14;
    const most = scrollX + document.documentElement.clientWidth - tip.offsetWidth - 4;
    tip.style.left = `${Math.max(scrollX, Math.min(left, most))}px`;
    tip.style.top = `${box.top + scrollY + sy + 14}px`;
  }

  function hideTip() {
    byId("tip").hidden = true;
  }

  function hoverMap({ x, y, sx, sy }) {
    const found = nearest(x, y);
    if (found) {
      const one = data.missions[found[0]];
      return showTip("map", sx, sy, `${told(...found)}\n${one.who}\n${one.status}, ${one.date}`);
    }
    const names = regionsAt(x, y);
    return names.length ? showTip("map", sx, sy, names.join("\n")) : hideTip();
  }

  function binAt(x) {
    const [low, high] = plots.chart.home;
    const edges = data.edges.map(([first, last]) => [Date.parse(first), Date.parse(last) + 86400000]);
    const shift = low - edges[0][0];
    return x < low || x > high ? -1
      : edges.findIndex(([from, to]) => x >= from + shift && x < to + shift);
  }

  function hoverChart({ x, sx, sy }) {
    const i = binAt(x);
    if (i < 0) return hideTip();
    return showTip("chart", sx, sy, data.bars[i]);
  }

  // ---- wiring --------------------------------------------------------------------------
  function listen(name, hover) {
    const { plot, host } = plots[name];
    plot.on_event("mousemove", hover);
    plot.on_event("tap", hover);
    host.addEventListener("mouseleave", hideTip);
    // A finger that scrolls the page must not be caught by a figure; the buttons move it.
    if (matchMedia("(pointer: coarse)").matches) plot.toolbar.active_drag = null;
  }

  function keys(name) {
    const { host } = plots[name];
    const acts = {
      "+": "in", "=": "in", "-": "out", "0": "all",
      ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down",
    };
    host.tabIndex = 0;
    host.addEventListener("keydown", (event) => {
      const act = acts[event.key];
      if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
      if (name === "chart" && (act === "up" || act === "down")) return;
      event.preventDefault();
      move(name, act);
    });
  }

  function fromHash() {
    const name = /^#mission=(.+)$/.exec(location.hash)?.[1];
    if (!name) return;
    let id = name;
    try { id = decodeURIComponent(name); } catch { return; }
    const number = data.missions.findIndex((one) => one.id === id);
    if (number >= 0) choose(number);
  }

  function controls() {
    for (const one of all("[data-filter]")) {
      one.addEventListener("change", () => { update(); if (plots.map) home(); });
    }
    for (const one of all("[data-do]")) {
      one.addEventListener("click", () => move(one.dataset.figure, one.dataset.do));
    }
    for (const row of all("tr[data-number]")) {
      row.querySelector(".show").addEventListener("click", () => {
        const number = Number(row.dataset.number);
        choose(state.chosen === number ? null : number);
      });
    }
    byId("show-all")?.addEventListener("click", showAll);
    byId("step").addEventListener("input", () => { state.stepping = true; step(); });
    byId("step").addEventListener("blur", () => { state.stepping = false; hideTip(); });
    document.addEventListener("keydown", (event) => { if (event.key === "Escape") showAll(); });
    addEventListener("hashchange", fromHash);
  }

  function showAll() {
    for (const one of all("[data-filter]")) one.value = "";
    choose(null);
  }

  function sized() {
    const { plot, host } = plots.map;
    const high = Math.round(Math.max(320, Math.min(620, host.clientWidth * 0.62)));
    if (plot.height !== high) plot.height = high;
  }

  async function printing(on) {
    const paper = 660;
    for (const name of Object.keys(plots)) {
      const { host } = plots[name];
      dress(name, on ? false : night.matches);
      host.style.zoom = on ? Math.min(1, paper / Math.max(host.clientWidth, 1)) : "";
    }
    for (const one of all("details")) {
      if (on) { one.dataset.was = one.open ? "open" : ""; one.open = true; }
      else one.open = one.dataset.was === "open";
    }
    // Paper does not wait for the next frame, but for promises: those of new colours settle first.
    for (let tick = 0; tick < 100; tick += 1) await null;
    for (const { plot } of Object.values(plots)) {
      viewOf(plot).request_repaint(); // or it paints only what it knows to be stale
      viewOf(plot).paint();
    }
  }

  controls();
  for (const name of Object.keys(data.figures)) await embed(name);
  if (plots.chart) {
    const { plot } = plots.chart;
    plots.chart.home = [plot.x_range.start, plot.x_range.end];
    listen("chart", hoverChart);
    keys("chart");
  }
  listen("map", hoverMap);
  plots.map.plot.on_event("panend", () => {
    const { x, y, wide } = frameOf("map");
    const middle = [(x[0] + x[1]) / 2, (y[0] + y[1]) / 2];
    Object.assign(plots.map, { moved: true, view: { middle, perPixel: (x[1] - x[0]) / wide } });
  });
  keys("map");
  sized();
  new ResizeObserver(sized).observe(plots.map.host);
  for (const side of ["inner_width", "inner_height"]) {
    plots.map.plot.properties[side].change.connect(() => {
      // A wider or narrower page shows the same part of the world, unless somebody chose another.
      const { moved, view } = plots.map;
      if (moved) look("map", view.middle, view.perPixel);
      else home();
    });
  }
  night.addEventListener("change", () => {
    for (const name of Object.keys(plots)) dress(name, night.matches);
  });
  addEventListener("beforeprint", () => printing(true));
  addEventListener("afterprint", () => printing(false));
  update();
  home();
  fromHash();
  document.documentElement.dataset.ready = "yes";
})();
