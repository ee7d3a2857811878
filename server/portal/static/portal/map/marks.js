// What is drawn on the map for the problems: rings of many, single marks, the chosen one with its name, visits.

import { byArea, byDistance } from "./clusters.js";
import { escape, ring, shape } from "./shapes.js";

const REACH = 46; // pixels within which problems are drawn together
const WIDE_REACH = 72; // where there are thousands
const THOUSANDS = 1500;
const NEAR_AREAS = 1.2; // so many zoom steps beyond the whole district, areas come apart

/** About how many pixels a text takes: a Chinese character is twice as wide as a letter. */
function wide(text) {
  let width = 0;
  for (const sign of text) width += sign.charCodeAt(0) > 0x2e80 ? 15.5 : 8.5;
  return width;
}

export class Marks {
  /** `on`: {hover(row|null), choose(row), open(group)}; `words`: the page's texts. */
  constructor(map, base, words, on) {
    this.map = map;
    this.base = base;
    this.words = words;
    this.on = on;
    this.rows = [];
    this.chosen = null;
    this.layer = L.layerGroup().addTo(map);
    this.front = L.layerGroup().addTo(map);
    this.visits = L.layerGroup();
    this.drawn = [];
    this.names = L.layerGroup().addTo(map);
    // A zoom ends as a move too: once a frame is enough.
    let waiting = 0;
    map.on("zoomend moveend resize", () => {
      cancelAnimationFrame(waiting);
      waiting = requestAnimationFrame(() => this.draw());
    });
  }

  get farAway() {
    return this.map.getZoom() < this.districtZoom + NEAR_AREAS;
  }

  show(rows, chosen) {
    this.rows = rows;
    this.chosen = chosen;
    this.groupedAt = null;
    this.draw();
  }

  choose(row) {
    this.chosen = row;
    this.groupedAt = null;
    this.draw();
  }

  groups() {
    const zoom = this.map.getZoom();
    if (this.groupedAt === zoom) return this.grouped;
    const others = this.rows.filter((row) => row.at && row !== this.chosen);
    this.grouped = this.farAway
      ? byArea(others, this.base.areas)
      : byDistance(others, (at) => this.map.project(at, zoom), others.length > THOUSANDS ? WIDE_REACH : REACH);
    this.groupedAt = zoom;
    return this.grouped;
  }

  draw() {
    const view = this.map.getBounds().pad(0.15);
    const focused = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.group : null;
    this.layer.clearLayers();
    this.drawn = [];
    for (const group of this.groups()) {
      if (!view.contains(group.at)) continue;
      const marker = group.total === 1 && !group.area ? this.single(group.rows[0]) : this.many(group);
      marker.addTo(this.layer);
      this.drawn.push({ group, marker });
    }
    this.map.getContainer().classList.toggle("far-away", this.farAway);
    this.drawChosen();
    this.drawNames();
    if (focused) {
      const again = this.drawn.find(({ group }) => this.key(group) === focused);
      if (again && again.marker.getElement()) again.marker.getElement().focus({ preventScroll: true });
    }
  }

  key(group) {
    return group.area || group.rows[0].id;
  }

  single(row) {
    const size = row.light === 0 ? 26 : row.light === 1 ? 24 : 21;
    const tag = row.supervised ? `<span class="pin-tag">${escape(this.words.supervised_short)}</span>` : "";
    const icon = L.divIcon({ className: "pin", iconSize: [size, size], html: shape(row.light, size, true) + tag });
    const marker = L.marker(row.at, { icon, zIndexOffset: (4 - row.light) * 1000, keyboard: false, alt: row.title });
    marker.bindTooltip(() => this.hint(row), { direction: "top", offset: [0, -size / 2], className: "pin-hint" });
    marker.on("mouseover", () => this.on.hover(row)).on("mouseout", () => this.on.hover(null));
    marker.on("click", () => this.on.choose(row));
    return marker;
  }

  hint(row) {
    return `${shape(row.light, 12)} <b>${escape(row.title)}</b> ${escape(row.why)}${row.unit ? `<br>${escape(row.unit)}` : ""}`;
  }

  many(group) {
    const area = group.area ? this.base.areas.get(group.area) : null;
    const { size, html } = ring(group.counts, group.total, area ? area.name : "", this.small ? 0.82 : 1);
    const red = group.counts[0];
    const say = (area ? `${area.name} ` : "") + this.words.ring.replace("{count}", group.total).replace("{red}", red);
    const spoken = `<span class="visually-hidden">${escape(say)}</span><span aria-hidden="true">${html}</span>`;
    const icon = L.divIcon({ className: "pin-ring", iconSize: [size, size], html: spoken });
    const marker = L.marker(group.at, { icon, zIndexOffset: red ? 3500 : 500, keyboard: true });
    marker.on("add", () => {
      const element = marker.getElement();
      element.setAttribute("role", "button");
      element.dataset.group = this.key(group);
    });
    marker.on("click", () => this.on.open(group));
    return marker;
  }

  drawChosen() {
    this.front.clearLayers();
    const row = this.chosen;
    if (!row || !row.at) return;
    const size = 30;
    const html = `<span class="chosen ${this.freeSide(row)}"><span class="chosen-ring">${shape(row.light, 20)}</span><span class="chosen-label">${this.label(row)}</span></span>`;
    const icon = L.divIcon({ className: "pin-chosen", iconSize: [size, size], html });
    L.marker(row.at, { icon, zIndexOffset: 9000, keyboard: false }).on("click", () => this.on.choose(row)).addTo(this.front);
  }

  /** On a small screen the whole district leaves no room for a title: a word says that this is the one on the card. */
  label(row) {
    if (this.small && this.farAway) return `<b>${escape(row.light === 0 ? this.words.worst_short : row.why)}</b>`;
    return `<b>${escape(row.title)}</b><span>${escape(row.why)}</span>`;
  }

  get small() {
    return this.map.getSize().x < 600;
  }

  /** On which side of the chosen mark its name covers the fewest rings, and stays inside the map. */
  freeSide(row) {
    const here = this.map.latLngToContainerPoint(row.at);
    const size = this.map.getSize();
    const width = this.small && this.farAway ? 56 : Math.min(wide(row.title) + wide(row.why) + 34, 460);
    const boxes = {
      "chosen-right": [here.x + 37, here.y - 18],
      "chosen-left": [here.x - 37 - width, here.y - 18],
      "chosen-above": [here.x - width / 2, here.y - 56],
      "chosen-below": [here.x - width / 2, here.y + 20],
    };
    let best = "chosen-right";
    let least = Infinity;
    for (const [side, [x, y]] of Object.entries(boxes)) {
      let cost = x < 4 || y < 4 || x + width > size.x - 4 || y + 36 > size.y - 4 ? 20 : 0;
      for (const { group } of this.drawn) {
        const at = this.map.latLngToContainerPoint(group.at);
        const reach = group.total > 1 ? (this.small ? 22 : 30) : 12;
        if (at.x + reach > x && at.x - reach < x + width && at.y + (group.area ? reach + 18 : reach) > y && at.y - reach < y + 36) cost += group.total > 1 ? 2 : 1;
      }
      if (cost < least) {
        least = cost;
        best = side;
      }
    }
    return best;
  }

  /** Names of areas that have no ring here, so that none is nameless. */
  drawNames() {
    this.names.clearLayers();
    const named = new Set(this.drawn.map(({ group }) => group.area));
    for (const area of this.base.areas.values()) {
      if (named.has(area.code)) continue;
      const icon = L.divIcon({ className: "place-name", iconSize: [0, 0], html: `<span class="name-area${this.farAway ? "" : " name-near"}">${escape(area.name)}</span>` });
      L.marker(area.at, { icon, pane: "names", interactive: false, keyboard: false }).addTo(this.names);
    }
  }

  /** Ring the mark, or the ring, in which a row is drawn. */
  point(row) {
    for (const { group, marker } of this.drawn) {
      const element = marker.getElement();
      if (element) element.classList.toggle("pointed", Boolean(row) && group.rows.includes(row));
    }
  }

  showVisits(visits) {
    this.visits.clearLayers();
    for (const [, lon, lat, date, verdict] of visits) {
      const icon = L.divIcon({ className: "pin-visit", iconSize: [18, 18], html: '<svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true"><circle cx="9" cy="9" r="7.4" fill="#fff" stroke="#006D75" stroke-width="1.8"/><path d="m5.6 9.2 2.3 2.3 4.5-4.8" fill="none" stroke="#006D75" stroke-width="1.8"/></svg>' });
      L.marker([lat, lon], { icon, keyboard: false, zIndexOffset: 200 })
        .bindTooltip(`${escape(this.words.visit)} ${escape(date)} · ${escape(verdict)}`, { direction: "top", className: "pin-hint" })
        .addTo(this.visits);
    }
  }
}
