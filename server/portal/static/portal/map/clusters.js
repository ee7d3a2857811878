// Which problems are drawn together. Plain functions: positions in pixels of the whole world at a zoom, so that panning
// never changes what is grouped.

export const LIGHTS = ["red", "yellow", "green", "grey", "none"];

/** Counts of a group by light, and its members, the gravest first (rows come sorted). */
export function gather(rows) {
  const counts = [0, 0, 0, 0, 0];
  for (const row of rows) counts[row.light] += 1;
  return { rows, counts, total: rows.length };
}

/** Far away: one group an area. `areas`: code → {at: {lat, lng}}; what lies in no area is grouped where it is. */
export function byArea(rows, areas) {
  const groups = new Map();
  for (const row of rows) {
    const key = areas.has(row.area) ? row.area : "";
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(row);
  }
  const made = [];
  for (const [code, members] of groups) {
    if (code) {
      made.push({ ...gather(members), area: code, at: areas.get(code).at });
    } else {
      for (const row of members) made.push({ ...gather([row]), at: row.at });
    }
  }
  return made;
}

/** Nearer: what lies within `reach` pixels of the gravest one around is drawn with it. `project`: position → pixels. */
export function byDistance(rows, project, reach) {
  const cells = new Map();
  const groups = [];
  const key = (x, y) => `${x}:${y}`;
  for (const row of rows) {
    const point = project(row.at);
    const cx = Math.floor(point.x / reach);
    const cy = Math.floor(point.y / reach);
    let nearest = null;
    let least = reach * reach;
    for (let dx = -1; dx <= 1; dx += 1) {
      for (let dy = -1; dy <= 1; dy += 1) {
        for (const group of cells.get(key(cx + dx, cy + dy)) || []) {
          const gap = (group.point.x - point.x) ** 2 + (group.point.y - point.y) ** 2;
          if (gap < least) {
            least = gap;
            nearest = group;
          }
        }
      }
    }
    if (nearest) {
      nearest.members.push(row);
      continue;
    }
    const group = { point, at: row.at, members: [row] };
    groups.push(group);
    const home = key(cx, cy);
    if (!cells.has(home)) cells.set(home, []);
    cells.get(home).push(group);
  }
  return groups.map((group) => ({ ...gather(group.members), at: middle(group.members) }));
}

function middle(members) {
  let lat = 0;
  let lng = 0;
  for (const row of members) {
    lat += row.at.lat;
    lng += row.at.lng;
  }
  return { lat: lat / members.length, lng: lng / members.length };
}
