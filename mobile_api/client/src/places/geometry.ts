/** Plane and sphere sums on GeoJSON positions [lon, lat] in degrees, WGS 84. */
export type Position = [number, number]
export type Ring = Position[]
/** Outer ring and holes of one polygon. */
export type Rings = Ring[]

const EARTH_M = 6_371_008.8
const RAD = Math.PI / 180

/** Metres between two points. */
export function distanceM(a: Position, b: Position): number {
  const dLat = (b[1] - a[1]) * RAD
  const dLon = (b[0] - a[0]) * RAD
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(a[1] * RAD) * Math.cos(b[1] * RAD) * Math.sin(dLon / 2) ** 2
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(h)))
}

/** Degrees clockwise from north, from a to b, 0 ≤ d < 360. */
export function bearing(a: Position, b: Position): number {
  const dLon = (b[0] - a[0]) * RAD
  const y = Math.sin(dLon) * Math.cos(b[1] * RAD)
  const x = Math.cos(a[1] * RAD) * Math.sin(b[1] * RAD) - Math.sin(a[1] * RAD) * Math.cos(b[1] * RAD) * Math.cos(dLon)
  return (Math.atan2(y, x) / RAD + 360) % 360
}

/** One of eight winds, 0 = north, 1 = north-east … 7 = north-west. */
export function wind(degrees: number): number {
  return Math.round((((degrees % 360) + 360) % 360) / 45) % 8
}

/** The smaller turn from one heading to another, −180 < d ≤ 180, right positive. */
export function turn(from: number, to: number): number {
  const d = (((to - from) % 360) + 360) % 360
  return d > 180 ? d - 360 : d
}

function inRing(point: Position, ring: Ring): boolean {
  const [x, y] = point
  let inside = false
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
    const [xi, yi] = ring[i] as Position
    const [xj, yj] = ring[j] as Position
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside
  }
  return inside
}

/** Inside the outer ring and in none of the holes. */
export function inRings(point: Position, rings: Rings): boolean {
  const [outer, ...holes] = rings
  return Boolean(outer) && inRing(point, outer as Ring) && !holes.some((hole) => inRing(point, hole))
}

/** Polygons of a GeoJSON geometry; anything that is no area gives none. */
export function polygonsOf(geometry: unknown): Rings[] {
  const shape = geometry as { type?: string; coordinates?: unknown; geometries?: unknown[] } | null
  if (shape?.type === 'Polygon') return [clean(shape.coordinates as Rings)]
  if (shape?.type === 'MultiPolygon') return (shape.coordinates as Rings[]).map(clean)
  if (shape?.type === 'GeometryCollection') return (shape.geometries ?? []).flatMap(polygonsOf)
  return []
}

const clean = (rings: Rings): Rings => rings.map((ring) => ring.map(([x, y]) => [x, y] as Position))

/** Metres from a point to the nearest edge of polygons, on a plane laid at the point: right to a few per mille nearby. */
export function edgeDistanceM(point: Position, polygons: Rings[]): number {
  const kx = EARTH_M * RAD * Math.cos(point[1] * RAD)
  const ky = EARTH_M * RAD
  let best = Number.POSITIVE_INFINITY
  for (const ring of polygons.flat()) {
    for (let i = 1; i < ring.length; i += 1) {
      const [ax, ay] = toPlane(ring[i - 1] as Position)
      const [bx, by] = toPlane(ring[i] as Position)
      const length = (bx - ax) ** 2 + (by - ay) ** 2
      const t = length ? Math.min(1, Math.max(0, -(ax * (bx - ax) + ay * (by - ay)) / length)) : 0
      best = Math.min(best, Math.hypot(ax + t * (bx - ax), ay + t * (by - ay)))
    }
  }
  return best
  function toPlane(p: Position): Position {
    return [(p[0] - point[0]) * kx, (p[1] - point[1]) * ky]
  }
}

export interface Box {
  west: number
  south: number
  east: number
  north: number
}

export function boxOf(polygons: Rings[]): Box {
  const box = { west: 180, south: 90, east: -180, north: -90 }
  for (const ring of polygons.flat())
    for (const [x, y] of ring) {
      box.west = Math.min(box.west, x)
      box.east = Math.max(box.east, x)
      box.south = Math.min(box.south, y)
      box.north = Math.max(box.north, y)
    }
  return box
}

export function inBox([x, y]: Position, box: Box): boolean {
  return x >= box.west && x <= box.east && y >= box.south && y <= box.north
}
