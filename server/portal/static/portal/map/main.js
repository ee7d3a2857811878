// The district map: figures, map, card and list are four views of the same rows, so they always add up.

import * as address from "./address.js";
import { drawBase } from "./base.js";
import { LIGHTS } from "./clusters.js";
import { lightsOf, markLights, writeFigures } from "./figures.js";
import { Marks } from "./marks.js";
import { Panel } from "./panel.js";
import { shape } from "./shapes.js";
import { Scale } from "./scale.js";

const REFRESH = 120_000; // milliseconds between two questions whether anything has changed
const page = document.getElementById("district-map");
const given = (id) => JSON.parse(document.getElementById(id).textContent);
const words = given("map-words");
const narrow = matchMedia("(max-width: 899px)");

const state = { filters: address.read(), data: given("map-data"), rows: [], shown: [], chosen: null, beside: null, seen: "" };

const map = L.map("map", {
  zoomControl: false,
  attributionControl: Boolean(page.dataset.tiles),
  zoomSnap: 0.05,
  zoomDelta: 0.75,
  wheelPxPerZoomLevel: 90,
  minZoom: 7,
  maxZoom: 19,
  zoomAnimation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
  fadeAnimation: false,
  dragging: !(L.Browser.touch && narrow.matches), // one finger scrolls the page, two move the map
  tap: false,
});

let base = null;
let marks = null;
const panel = new Panel(page, words, { choose: (row) => choose(row, true), hover: (row) => point(row) });
const scale = new Scale(page.querySelector("[data-scale]"), words);

function rowsOf(data, lines) {
  return lines.map((values, order) => {
    const row = Object.fromEntries(data.columns.map((name, n) => [name, values[n]]));
    row.order = order;
    row.unit = row.unit === null ? "" : data.units[row.unit];
    const area = base.areas.get(row.area);
    if (row.lon !== null) row.at = { lat: row.lat, lng: row.lon };
    else row.at = area ? area.at : null; // no point given: drawn in the middle of its area
    return row;
  });
}

/** Take new data in and draw everything of it. */
function take(data) {
  state.data = data;
  state.rows = rowsOf(data, data.rows);
  if (data.wanted.length) [state.beside] = rowsOf(data, data.wanted);
  panel.cards.clear();
  const open = new Map();
  for (const row of state.rows) if (row.light < 3) open.set(row.area, (open.get(row.area) || 0) + 1);
  const { least, most } = base.shade(open);
  page.querySelector("[data-least]").textContent = least;
  page.querySelector("[data-most]").textContent = most;
  writeFigures(page, data, words, ledger);
  marks.showVisits(data.visits);
  page.querySelector("[data-visits]").hidden = !data.visits.length;
  narrowToLights();
}

/** The light filter is the page's own: figures stay whole, map and list show the lights that were chosen. */
function narrowToLights() {
  const lights = lightsOf(state.filters.light);
  state.shown = lights.length ? state.rows.filter((row) => lights.includes(LIGHTS[row.light])) : state.rows;
  markLights(page, lights);
  writeChips();
  const wanted = state.filters.problem;
  const kept = state.chosen && state.shown.find((row) => row.id === state.chosen.id);
  const chosen = (wanted && [...state.rows, state.beside].find((row) => row && row.id === wanted)) || kept || state.shown[0] || null;
  marks.show(state.shown, null);
  choose(chosen, false);
  writeWholeDistrict();
}

/** The gravest ones through which the card leads: the red, else the yellow, else all. */
function gravest() {
  const first = state.shown[0];
  if (!first) return [];
  return state.shown.filter((row) => row.light === first.light);
}

function choose(row, byHand) {
  state.chosen = row;
  marks.choose(row);
  if (byHand && row && row.at && !map.getBounds().contains(row.at)) map.panTo(row.at);
  writeList();
  const among = gravest();
  const n = row ? among.indexOf(row) : -1;
  const head = page.querySelector("[data-card-head]");
  head.hidden = !row;
  if (row) {
    const first = among[0].light === 0 ? words.worst : words.most_urgent;
    head.querySelector("[data-card-name]").textContent = n < 0 ? words.chosen : first;
    head.querySelector("[data-card-place]").textContent = n < 0 ? "" : `${n + 1} / ${among.length}`;
    head.querySelector("[data-previous]").disabled = n === 0;
    head.querySelector("[data-next]").disabled = n === among.length - 1;
  }
  if (!row || panel.wanted !== row.id || byHand) panel.open(row, row && page.dataset.cardAddress.replace(page.dataset.blank, row.id));
  if (byHand) {
    state.filters.problem = row.id;
    address.write(state.filters, true);
    if (narrow.matches) page.querySelector("[data-card-head]").scrollIntoView({ behavior: "smooth", block: "start" });
  }
}

function stepCard(by) {
  const among = gravest();
  const n = among.indexOf(state.chosen);
  const row = among[n < 0 ? 0 : n + by];
  if (row) choose(row, true);
}

function point(row) {
  marks.point(row);
  panel.point(row);
}

function writeList() {
  const view = map.getBounds();
  const inView = state.shown.filter((row) => !row.at || view.contains(row.at));
  panel.show(inView, state.shown.length, state.chosen);
}

/** What concerns the whole district has no place on the map: a corner of it counts them, so that nothing is lost. */
function writeWholeDistrict() {
  const box = page.querySelector("[data-nowhere]");
  const nowhere = state.shown.filter((row) => !row.at && row !== state.chosen);
  box.hidden = !nowhere.length;
  box.querySelector("[data-nowhere-count]").textContent = nowhere.length;
  box.onclick = () => choose(nowhere[0], true);
}

function openGroup(group) {
  if (group.area && marks.farAway) {
    map.fitBounds(base.areas.get(group.area).bounds, { padding: [24, 24] });
    return;
  }
  const bounds = L.latLngBounds(group.rows.map((row) => row.at));
  const spread = map.project(bounds.getNorthEast(), map.getMaxZoom()).distanceTo(map.project(bounds.getSouthWest(), map.getMaxZoom()));
  if (spread > 60 && map.getZoom() < map.getMaxZoom()) {
    map.fitBounds(bounds, { padding: [70, 70], maxZoom: Math.max(map.getZoom() + 1, 15) });
    return;
  }
  const list = document.createElement("div");
  list.className = "same-place";
  for (const row of group.rows) {
    const button = document.createElement("button");
    button.type = "button";
    button.innerHTML = `${shape(row.light, 14)} <span></span>`;
    button.querySelector("span").textContent = `${row.title} ${row.why}`;
    button.onclick = () => {
      map.closePopup();
      choose(row, true);
    };
    list.append(button);
  }
  L.popup({ maxWidth: 340 }).setLatLng(group.at).setContent(list).openOn(map);
}

/** The ledger's address for one figure, with all other filters of this view. */
function ledger(name) {
  const parts = [state.data.ledger];
  if (name === "grey") parts.push(`light=grey&closed_from=${state.data.month}`);
  else parts.push(name === "open" ? "light=red,yellow,green" : `light=${name}`);
  return `${page.dataset.ledger}?${parts.filter(Boolean).join("&")}`;
}

function writeChips() {
  const box = page.querySelector("[data-chips]");
  box.replaceChildren();
  const form = page.querySelector("[data-filters]");
  const chip = (text, clear) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "chip";
    button.textContent = text;
    button.setAttribute("aria-label", words.clear.replace("{name}", text));
    button.onclick = clear;
    box.append(button);
  };
  for (const control of form.elements) {
    if (!control.name || !valueOf(control)) continue;
    const text = control.tagName === "SELECT" ? control.selectedOptions[0].textContent.trim() : `“${control.value}”`;
    chip(text, () => {
      control.value = "";
      apply();
    });
  }
  for (const name of lightsOf(state.filters.light)) {
    chip(words.lights[LIGHTS.indexOf(name)], () => toggleLight(lightsOf(state.filters.light).filter((one) => one !== name)));
  }
  page.querySelector("[data-clear]").hidden = box.children.length < 2;
  box.hidden = !box.children.length;
  page.querySelector("[data-filter-count]").textContent = box.children.length || "";
}

function valueOf(control) {
  return control.value.trim();
}

/** Controls of the form hold "name:value", so that one box chooses among levels and sources, or units of both kinds. */
function fromForm() {
  const filters = {};
  for (const control of page.querySelector("[data-filters]").elements) {
    if (!control.name || !valueOf(control)) continue;
    const [name, value] = control.dataset.pairs !== undefined ? valueOf(control).split(":") : [control.name, valueOf(control)];
    filters[name] = value;
  }
  if (state.filters.light) filters.light = state.filters.light;
  return filters;
}

function toForm(filters) {
  for (const control of page.querySelector("[data-filters]").elements) {
    if (!control.name) continue;
    if (control.dataset.pairs === undefined) {
      control.value = filters[control.name] || "";
      continue;
    }
    control.value = "";
    for (const option of control.options) {
      const [name, value] = option.value.split(":");
      if (value && filters[name] === value) control.value = option.value;
    }
  }
}

async function apply() {
  state.filters = fromForm();
  address.write(state.filters);
  await refresh();
}

let asked = 0;

/** Ask for the data of the filters now; the newest question wins. */
async function refresh() {
  asked += 1;
  const mine = asked;
  page.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(page.dataset.data + address.query(state.filters, ["light", "problem"]), { credentials: "same-origin" });
    if (mine !== asked) return;
    if (answer.redirected || !(answer.headers.get("Content-Type") || "").includes("json")) {
      location.reload(); // signed out meanwhile
      return;
    }
    const text = await answer.text();
    if (mine !== asked) return;
    page.querySelector("[data-offline]").hidden = true;
    if (text === state.seen) return;
    state.seen = text;
    take(JSON.parse(text));
  } catch {
    page.querySelector("[data-offline]").hidden = false;
  } finally {
    if (mine === asked) page.removeAttribute("aria-busy");
  }
}

function toggleLight(lights) {
  state.filters.light = lights.join(",");
  delete state.filters.problem;
  state.chosen = null;
  address.write(state.filters);
  narrowToLights();
}

function wholeDistrict(animate = false) {
  const bar = page.querySelector(".filter-bar").offsetHeight;
  const [top, below] = narrow.matches ? [22, 22] : [bar + 26, 34];
  map.fitBounds(base.bounds, { paddingTopLeft: [12, top], paddingBottomRight: [12, below], animate });
}

function listen() {
  const form = page.querySelector("[data-filters]");
  let typing = 0;
  form.addEventListener("change", (event) => event.target.type !== "search" && apply());
  form.addEventListener("input", (event) => {
    if (event.target.type !== "search") return;
    clearTimeout(typing);
    typing = setTimeout(apply, 300);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(typing);
    apply();
  });
  page.querySelector("[data-clear]").addEventListener("click", () => {
    form.reset();
    toForm({});
    state.filters = {};
    apply();
  });
  for (const button of page.querySelectorAll("[data-only]")) {
    button.addEventListener("click", () => {
      const name = button.dataset.only;
      const wanted = name === "open" ? ["red", "yellow", "green"] : [name];
      toggleLight(button.getAttribute("aria-pressed") === "true" ? [] : wanted);
    });
  }
  page.querySelector("[data-previous]").addEventListener("click", () => stepCard(-1));
  page.querySelector("[data-next]").addEventListener("click", () => stepCard(1));
  page.querySelector("[data-zoom-in]").addEventListener("click", () => map.zoomIn());
  page.querySelector("[data-zoom-out]").addEventListener("click", () => map.zoomOut());
  page.querySelector("[data-whole]").addEventListener("click", () => wholeDistrict(true));
  page.querySelector("[data-print]").addEventListener("click", () => print());
  page.querySelector("[data-unfold]").addEventListener("click", (event) => {
    const open = page.classList.toggle("filters-open");
    event.currentTarget.setAttribute("aria-expanded", String(open));
    if (open) form.querySelector("input").focus();
  });
  const visits = page.querySelector("[data-visits] input");
  visits.addEventListener("change", () => (visits.checked ? marks.visits.addTo(map) : marks.visits.remove()));
  const guards = page.querySelector("[data-guards]");
  guards.hidden = !base.hasGuards;
  guards.querySelector("input").addEventListener("change", (event) => base.guarded(event.target.checked));
  window.addEventListener("popstate", () => {
    state.filters = address.read();
    toForm(state.filters);
    refresh().then(narrowToLights);
  });
  map.on("moveend", writeList);
  map.on("zoomend moveend", () => scale.write(map));
  new ResizeObserver(() => map.invalidateSize({ pan: false })).observe(map.getContainer());
  const again = () => document.visibilityState === "visible" && refresh();
  setInterval(again, REFRESH);
  document.addEventListener("visibilitychange", again);
  printing();
}

/** Paper shows the whole list of what is in view, and the map at the paper's size. */
function printing() {
  let before = null;
  window.addEventListener("beforeprint", () => {
    const bounds = marks.farAway ? base.bounds : map.getBounds();
    before = { center: map.getCenter(), zoom: map.getZoom() };
    panel.more(2000);
    page.classList.add("on-paper");
    map.invalidateSize({ animate: false });
    map.fitBounds(bounds, { animate: false, padding: marks.farAway ? [10, 10] : [0, 0] });
  });
  window.addEventListener("afterprint", () => {
    page.classList.remove("on-paper");
    map.invalidateSize({ animate: false });
    if (before) map.setView(before.center, before.zoom, { animate: false });
  });
}

async function start() {
  const collection = await (await fetch(page.dataset.base, { credentials: "same-origin" })).json();
  map.setView([30, 110], 8); // something for the layers to be drawn at; the district's own bounds follow at once
  if (page.dataset.tiles) {
    const servers = page.dataset.tiles.includes("t{s}") ? "01234567" : "abc";
    L.tileLayer(page.dataset.tiles, { attribution: page.dataset.attribution, subdomains: servers, maxZoom: 19, maxNativeZoom: 18 }).addTo(map);
    map.attributionControl.setPrefix(false);
  }
  base = drawBase(map, collection, Boolean(page.dataset.tiles));
  marks = new Marks(map, base, words, { hover: point, choose: (row) => choose(row, true), open: openGroup });
  if (base.bounds.isValid()) wholeDistrict();
  marks.districtZoom = map.getZoom();
  listen();
  toForm(state.filters);
  panel.wanted = page.querySelector("[data-card]").dataset.id || null;
  take(state.data);
  const focus = state.filters.problem && state.chosen;
  if (focus && focus.id === state.filters.problem && focus.at) map.setView(focus.at, Math.max(map.getZoom() + 2.5, 13), { animate: false });
  scale.write(map);
  page.classList.add("ready");
}

start();
