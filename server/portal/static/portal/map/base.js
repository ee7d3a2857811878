// The drawn base: areas shaded by their open problems, shared edges dashed, waters, roads, names. No tile is needed.

import { escape } from "./shapes.js";

const SHADES = ["#EEF2F2", "#E1E9E9", "#D2DEDF", "#C1D1D3", "#AFC4C7"];
const AREA = ["administrative", "park"];
const GUARDED = ["protected_area", "red_line"];
const WATER = /water|river|lake|pond|reservoir/;
const STREAM = /stream|river|canal|water/;
const ROAD = /road|street|way|traffic/;
const WOOD = /wood|forest|green/;
const BUILT = /built|town_area|settlement/;
const SVG = "http://www.w3.org/2000/svg";

/** Draw the base. Gives {areas: code → {name, at, bounds, kind}, bounds, shade(counts), guarded(on)}. */
export function drawBase(map, collection, hasTiles) {
  const pane = map.createPane("base");
  pane.style.zIndex = 250;
  pane.style.pointerEvents = "none";
  const renderer = L.svg({ pane: "base", padding: 0.6 });
  const names = map.createPane("names");
  names.style.zIndex = 450;
  names.style.pointerEvents = "none";
  const style = (more) => ({ renderer, pane: "base", interactive: false, stroke: false, ...more });
  const draw = (features, more) => L.geoJSON({ type: "FeatureCollection", features }, style(more)).addTo(map);

  const all = collection.features;
  const of = (test) => all.filter((feature) => test(feature.properties, feature.geometry.type));
  const areas = new Map();
  const shapes = new Map();
  for (const kind of AREA) {
    for (const feature of of((p) => p.kind === kind)) {
      const layer = draw([feature], { fill: true, fillColor: SHADES[0], fillOpacity: hasTiles ? 0.45 : 1 });
      const { code, name, at } = feature.properties;
      areas.set(code, { code, name, kind, at: { lat: at[1], lng: at[0] }, bounds: layer.getBounds() });
      shapes.set(code, layer);
    }
  }
  const polygon = (type) => type.endsWith("Polygon");
  const basePolygons = (test) => of((p, type) => p.kind === "base" && polygon(type) && test(p.layer));
  const baseLines = (test) => of((p, type) => p.kind === "base" && !polygon(type) && test(p.layer));
  if (!hasTiles) {
    draw(basePolygons((layer) => WOOD.test(layer)), { fill: true, fillColor: "#B9D2B4", fillOpacity: 0.55 });
    draw(basePolygons((layer) => BUILT.test(layer)), { fill: true, fillColor: "#CFCCC6", fillOpacity: 0.6 });
  }
  const parks = of((p) => p.kind === "park");
  if (parks.length) {
    draw(parks, { fill: true, fillColor: "url(#park-hatch)", fillOpacity: 1 });
    addHatch(renderer);
  }
  if (!hasTiles) {
    const streams = baseLines((layer) => STREAM.test(layer) && !ROAD.test(layer));
    draw(streams, { stroke: true, color: "#A3CBDE", weight: 1.8, fill: false });
    draw(basePolygons((layer) => WATER.test(layer)), { fill: true, fillColor: "#A3CBDE", fillOpacity: 1, stroke: true, color: "#86B6CD", weight: 1 });
    const roads = baseLines((layer) => ROAD.test(layer));
    draw(roads, { stroke: true, color: "#CBD2D2", weight: 3.6, fill: false });
    draw(roads, { stroke: true, color: "#FFFFFF", weight: 2.2, fill: false });
    const known = (layer) => STREAM.test(layer) || ROAD.test(layer);
    draw(baseLines((layer) => !known(layer)), { stroke: true, color: "#B4BDBD", weight: 1.4, fill: false });
  }
  const towns = of((p) => p.kind === "administrative");
  const { shared, outer } = edges(towns);
  const line = (parts, more) => L.polyline(parts, { ...style(), stroke: true, fill: false, ...more }).addTo(map);
  line(shared, { color: "#FFFFFF", weight: 3, opacity: 0.7 });
  line(shared, { color: "#6F8487", weight: 1.2, dashArray: "6 4" });
  draw(parks, { stroke: true, fill: false, color: "#4F6B6F", weight: 1.2, dashArray: "2 3" });
  line(outer, { color: "#3F5B60", weight: 1.8 });

  const guards = L.layerGroup();
  for (const feature of of((p) => GUARDED.includes(p.kind))) {
    const colour = feature.properties.kind === "red_line" ? "#8A4B08" : "#1F6F54";
    L.geoJSON(feature, style({ stroke: true, color: colour, weight: 1.4, dashArray: "8 3 2 3", fill: true, fillColor: colour, fillOpacity: 0.08 })).addTo(guards);
    nameAt(guards, feature.properties, "name-guarded", colour);
  }
  if (!hasTiles) {
    const said = new Set();
    for (const feature of [...basePolygons((layer) => WATER.test(layer)), ...baseLines((layer) => STREAM.test(layer))]) {
      const { name, turn } = feature.properties;
      if (!name || said.has(name)) continue;
      // A river drawn as a surface has its name along its line, where there is one.
      if (turn === undefined && baseLines((layer) => STREAM.test(layer)).some((other) => other.properties.name === name)) continue;
      said.add(name);
      nameAt(map, feature.properties, "name-water");
    }
  }
  const bounds = L.latLngBounds([]);
  for (const area of areas.values()) bounds.extend(area.bounds);

  return {
    areas,
    bounds,
    /** `open`: code → number of open problems. Gives the span of numbers that the shades stand for. */
    shade(open) {
      const counts = [...areas.keys()].map((code) => open.get(code) || 0);
      const most = Math.max(...counts, 0);
      const least = Math.min(...counts, most);
      for (const [code, layer] of shapes) {
        const count = open.get(code) || 0;
        const step = most === least ? (most ? 2 : 0) : Math.round(((count - least) / (most - least)) * (SHADES.length - 1));
        layer.setStyle({ fillColor: SHADES[step] });
      }
      return { least, most };
    },
    hasGuards: guards.getLayers().length > 0,
    guarded(on) {
      if (on) guards.addTo(map);
      else guards.remove();
    },
  };
}

function nameAt(target, properties, className, colour = "") {
  const { name, at, turn } = properties;
  if (!name || !at) return;
  const style = `${turn ? `transform:translate(-50%,-50%) rotate(${turn}deg);` : ""}${colour ? `color:${colour}` : ""}`;
  const icon = L.divIcon({ className: "place-name", iconSize: [0, 0], html: `<span class="${className}" style="${style}">${escape(name)}</span>` });
  L.marker([at[1], at[0]], { icon, pane: "names", interactive: false, keyboard: false }).addTo(target);
}

function addHatch(renderer) {
  const root = renderer._container;
  if (!root) return;
  const defs = document.createElementNS(SVG, "defs");
  defs.innerHTML = '<pattern id="park-hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line x1="0" y1="0" x2="0" y2="7" stroke="#7F9A9E" stroke-width="1.1" stroke-opacity="0.75"/></pattern>';
  root.prepend(defs);
}

/** The edges of polygons that fit together: those of two neighbours once, and the outline; each joined into long lines. */
export function edges(features) {
  const seen = new Map();
  const spot = ([x, y]) => `${x},${y}`;
  for (const feature of features) {
    for (const part of feature.geometry.coordinates) {
      const rings = feature.geometry.type === "Polygon" ? [part] : part;
      for (const ringOfPart of rings) {
        for (let n = 1; n < ringOfPart.length; n += 1) {
          const a = ringOfPart[n - 1];
          const b = ringOfPart[n];
          const [ka, kb] = [spot(a), spot(b)];
          const key = ka < kb ? `${ka} ${kb}` : `${kb} ${ka}`;
          const known = seen.get(key);
          if (known) known.times += 1;
          else seen.set(key, { ends: [ka, kb], points: [a, b], times: 1 });
        }
      }
    }
  }
  const all = [...seen.values()];
  return { shared: joined(all.filter((one) => one.times > 1)), outer: joined(all.filter((one) => one.times === 1)) };
}

function joined(segments) {
  const at = new Map();
  for (const segment of segments) {
    for (const end of segment.ends) {
      if (!at.has(end)) at.set(end, []);
      at.get(end).push(segment);
    }
  }
  const used = new Set();
  const lines = [];
  const follow = (start, end, line) => {
    let here = end;
    for (;;) {
      const ways = at.get(here).filter((segment) => !used.has(segment));
      if (ways.length !== 1 || at.get(here).length > 2) return;
      const [next] = ways;
      used.add(next);
      const forward = next.ends[0] === here;
      line.push(forward ? next.points[1] : next.points[0]);
      here = forward ? next.ends[1] : next.ends[0];
    }
  };
  const begin = (segment) => {
    used.add(segment);
    const line = [...segment.points];
    follow(segment.ends[0], segment.ends[1], line);
    line.reverse();
    follow(segment.ends[1], segment.ends[0], line);
    lines.push(line.map(([x, y]) => [y, x]));
  };
  for (const segment of segments) if (!used.has(segment)) begin(segment);
  return lines;
}
