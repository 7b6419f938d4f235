// The map that moves: it takes over the picture of the page. Land, markers and
// groups are those that the server drew; when the map has moved, the page of what
// it shows now is fetched, and its list and its markers replace the old ones. So
// list and map always say the same, and the address says what they show.
(() => {
  "use strict";

  const section = document.getElementById("carte");
  if (!section || !window.L) return;

  const words = section.dataset;
  const unit = 400; // of the drawings: see web/atlas
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const wide = matchMedia("(min-width: 60rem)");
  const picture = document.getElementById("picture");
  const panel = document.getElementById("panel");
  const after = document.getElementById("after-map");

  const holder = document.createElement("div");
  holder.className = "live";
  holder.setAttribute("role", "group");
  holder.setAttribute("aria-label", words.help);
  picture.before(holder);
  picture.hidden = true;

  const map = L.map(holder, {
    zoomControl: false, attributionControl: false, scrollWheelZoom: false,
    zoomSnap: 0.25, minZoom: 2, maxZoom: 14, maxBounds: [[-85, -180], [85, 180]],
    zoomAnimation: !calm, fadeAnimation: !calm, markerZoomAnimation: !calm, inertia: !calm,
  });
  if (calm) { // arrow keys and markers out of sight move the map at once
    const pan = map.panBy;
    map.panBy = (by, options) => pan.call(map, by, { ...options, animate: false });
  }
  L.control.zoom({ zoomInTitle: words.in, zoomOutTitle: words.out }).addTo(map);
  map.fitBounds(boundsOf(picture.dataset.box), { animate: false });

  // Land: the drawings of the picture, laid back on the globe.

  function pathOf(d) {
    const rings = [];
    for (const ring of d.split("M").slice(1)) {
      const steps = ring.match(/-?\d+/g).map(Number);
      let x = 0, y = 0;
      const points = [];
      for (let i = 0; i < steps.length; i += 2) {
        x += steps[i];
        y += steps[i + 1];
        points.push([Math.atan(Math.sinh((-y / unit) * Math.PI / 180)) * 180 / Math.PI, x / unit]);
      }
      rings.push(points);
    }
    return rings;
  }

  async function draw(address, className) {
    const text = await (await fetch(address)).text();
    const file = new DOMParser().parseFromString(text, "image/svg+xml");
    const lands = [...file.querySelectorAll("path")].map((p) =>
      L.polygon(pathOf(p.getAttribute("d")).map((ring) => [ring]), { className, interactive: false, smoothFactor: 0.7 }));
    return L.layerGroup(lands).addTo(map);
  }

  draw(words.regions, "land");
  let parts;
  function detail() {
    if (!parts && map.getZoom() >= 7.5) parts = draw(words.departements, "part");
  }

  // Under the land: what whoever runs the node chose, pictures of another server or a
  // file of this one.

  function ground() {
    if (words.tiles) return L.tileLayer(words.tiles, { maxZoom: 14 });
    const root = document.documentElement;
    const flavor = root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
    return protomapsL.leafletLayer({ url: words.file, flavor, lang: root.lang, maxDataZoom: Number(words.zoom), attribution: "" });
  }

  if (words.tiles || words.file) {
    ground().addTo(map);
    L.control.attribution({ prefix: false }).addAttribution(words.credit).addTo(map);
    holder.classList.add("tiled");
  }

  // Markers: links, one of which Tab reaches; the arrow keys go on to the others.

  const layer = L.layerGroup().addTo(map);
  let pins = [];

  function boundsOf(box) {
    const [west, south, east, north] = box.split(",").map(Number);
    return [[south, west], [north, east]];
  }

  function pinOf(drawn) {
    const link = document.createElement("a");
    link.setAttribute("class", drawn.getAttribute("class"));
    link.href = drawn.getAttribute("href");
    link.setAttribute("aria-label", drawn.getAttribute("aria-label"));
    for (const name of ["area", "page"]) {
      if (drawn.dataset[name]) link.dataset[name] = drawn.dataset[name];
    }
    const shape = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const width = Number(drawn.querySelector("rect").getAttribute("width")) + 4;
    shape.setAttribute("width", width);
    shape.setAttribute("height", 32);
    shape.setAttribute("viewBox", `${-width / 2} -16 ${width} 32`);
    const group = drawn.querySelector("g").cloneNode(true);
    group.removeAttribute("transform");
    shape.append(group);
    link.append(shape);
    link.addEventListener("click", (e) => choose(e, link));
    link.addEventListener("keydown", (e) => walk(e, link));
    L.DomEvent.disableClickPropagation(link);
    const icon = L.divIcon({ html: link, className: "", iconSize: [0, 0] });
    link.place = placeOf(drawn);
    L.marker(link.place, { icon, keyboard: false, interactive: false }).addTo(layer);
    link.addEventListener("focus", () => reveal(link));
    return link;
  }

  function placeOf(drawn) {
    return L.latLng(drawn.dataset.lat, drawn.dataset.lon);
  }

  // reveal moves the map, and not what lies in it, to a marker that keys went to.
  function reveal(link) {
    if (!link.matches(":focus-visible")) return; // a map that moves away is hard to click on
    holder.scrollTop = holder.scrollLeft = 0;
    map.panInside(link.place, { padding: [60, 40] });
  }

  // show replaces the markers, those in sight first; the focus stays where it was on the map.
  function show(from) {
    const had = pins.find((p) => p === document.activeElement);
    layer.clearLayers();
    const drawn = [...from.querySelectorAll("a.pin")], inSight = (p) => map.getBounds().contains(placeOf(p));
    pins = [...drawn.filter(inSight), ...drawn.filter((p) => !inSight(p))].map(pinOf);
    pins.forEach((p, i) => { p.tabIndex = i === 0 ? 0 : -1; });
    if (!had) return;
    const away = (p) => map.distance(p.place, had.place);
    if (pins.length > 0) go(pins.reduce((a, b) => (away(b) < away(a) ? b : a)));
    else holder.focus();
  }

  function go(to) {
    pins.forEach((p) => { p.tabIndex = p === to ? 0 : -1; });
    to.focus({ preventScroll: true });
  }

  const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

  function walk(e, link) {
    const at = pins.indexOf(link);
    let to = null;
    if (e.key in steps) to = pins[(at + steps[e.key] + pins.length) % pins.length];
    if (e.key === "Home") to = pins[0];
    if (e.key === "End") to = pins[pins.length - 1];
    if (!to) return;
    e.preventDefault();
    e.stopPropagation();
    go(to);
  }

  holder.addEventListener("keydown", (e) => {
    if (e.key !== "Escape") return;
    e.preventDefault();
    panel.hidden = true;
    after.focus();
  });
  holder.addEventListener("focusin", () => map.scrollWheelZoom.enable());
  holder.addEventListener("focusout", () => map.scrollWheelZoom.disable());

  // choose goes closer to several, and shows of one what the list says.
  function choose(e, link) {
    if (e.ctrlKey || e.metaKey || e.shiftKey) return;
    e.preventDefault();
    go(link);
    if (link.dataset.area) {
      map.fitBounds(boundsOf(link.dataset.area), { animate: !calm });
      return;
    }
    for (const old of document.querySelectorAll(".places [aria-current], .live .pin[aria-current]")) old.removeAttribute("aria-current");
    link.setAttribute("aria-current", "true");
    const line = document.getElementById(link.hash.slice(1));
    if (line) {
      line.setAttribute("aria-current", "true");
      if (wide.matches) line.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
    }
    const text = document.createElement("p");
    text.textContent = link.getAttribute("aria-label");
    const open = document.createElement("a");
    open.href = link.dataset.page;
    open.textContent = words.open;
    const more = document.createElement("p");
    more.append(open);
    panel.replaceChildren(text, more);
    panel.hidden = false;
  }

  // Moving: what is shown is in the address, and comes from the server.

  let asking, waiting;

  function address() {
    const b = map.getBounds(), cut = (x) => Number(x.toFixed(4));
    const url = new URL(location.href);
    url.searchParams.delete("page");
    url.searchParams.set("cadre", [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()].map(cut).join(","));
    url.hash = "";
    return url;
  }

  async function refresh() {
    asking?.abort();
    asking = new AbortController();
    const url = address();
    try {
      const answer = await fetch(url, { signal: asking.signal, credentials: "same-origin" });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const list = page.getElementById("list"), drawn = page.getElementById("picture");
      if (!list || !drawn) return;
      const count = document.getElementById("count"); // stays, so that it is heard
      count.replaceChildren(...list.querySelector("#count").childNodes);
      list.querySelector("#count").replaceWith(count);
      document.getElementById("list").replaceChildren(...list.childNodes);
      document.querySelector(".legend").replaceWith(page.querySelector(".legend"));
      picture.replaceChildren(...drawn.childNodes);
      after.querySelector("a").href = page.querySelector("#after-map a").href;
      carry(url.searchParams.get("cadre"));
      history.replaceState(null, "", url);
      show(picture);
    } catch (err) {
      if (err.name !== "AbortError") throw err;
    }
  }

  // carry has the form of the filters keep the part of the map.
  function carry(area) {
    let field = document.getElementById("cadre");
    if (!field) {
      field = document.createElement("input");
      field.type = "hidden";
      field.name = field.id = "cadre";
      document.querySelector("form.filters").append(field);
    }
    field.value = area;
  }

  show(picture);
  detail();
  map.on("moveend", () => {
    detail();
    clearTimeout(waiting);
    waiting = setTimeout(refresh, 200);
  });
})();
