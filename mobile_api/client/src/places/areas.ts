import { type Box, boxOf, distanceM, edgeDistanceM, inBox, inRings, type Position, polygonsOf, type Rings } from './geometry'

export interface Area {
  code: string
  name: string
  layer: string
  unit: string | null
  polygons: Rings[]
  box: Box
}

interface Feature {
  geometry?: unknown
  properties?: Record<string, unknown> | null
}

/** Areas of a GeoJSON FeatureCollection (or of a bare array of features). */
export function readAreas(collection: unknown): Area[] {
  const features = Array.isArray(collection) ? collection : ((collection as { features?: unknown } | null)?.features ?? [])
  return (features as Feature[]).flatMap((feature) => {
    const polygons = polygonsOf(feature.geometry)
    if (!polygons.length) return []
    const p = feature.properties ?? {}
    const unit = p.unit as string | { code?: string } | null | undefined
    return {
      code: String(p.code ?? ''),
      name: String(p.name ?? ''),
      layer: String(p.layer ?? ''),
      unit: typeof unit === 'string' ? unit : (unit?.code ?? null),
      polygons,
      box: boxOf(polygons),
    }
  })
}

const within = (point: Position, area: Area) => inBox(point, area.box) && area.polygons.some((rings) => inRings(point, rings))

/**
 * The area a point lies in. Where the park lies over a town the park wins; on a shared edge the smaller code, so that the
 * answer is always the same. The server decides anew, on the exact boundaries.
 */
export function areaAt(point: Position, areas: Area[], isPark: (area: Area) => boolean): Area | null {
  const found = areas.filter((area) => within(point, area)).sort((a, b) => (a.code < b.code ? -1 : 1))
  return found.find(isPark) ?? found[0] ?? null
}

/** Whether a point lies outside of every area, and farther than that from each. Without areas nothing is far. */
export function farFromAll(point: Position, areas: Area[], metres: number): boolean {
  return areas.length > 0 && areas.every((area) => !within(point, area) && edgeDistanceM(point, area.polygons) > metres)
}

export interface ProtectedNearby {
  inside: Area[]
  /** Outside, but so near that the position's error could put it inside. */
  perhaps: Area[]
}

/** Am I inside a protected area or red line? With an accuracy of 50 m, 30 m outside reads "perhaps". */
export function protectedAt(point: Position, accuracyM: number, areas: Area[]): ProtectedNearby {
  const inside = areas.filter((area) => within(point, area))
  const perhaps = areas.filter((area) => !inside.includes(area) && edgeDistanceM(point, area.polygons) <= accuracyM)
  return { inside, perhaps }
}

/** Known problems within reach of a point, nearest first. */
export function nearby<T extends { at: Position | null }>(point: Position, all: T[], withinM: number): { one: T; metres: number }[] {
  return all
    .flatMap((one) => (one.at ? [{ one, metres: distanceM(point, one.at) }] : []))
    .filter(({ metres }) => metres <= withinM)
    .sort((a, b) => a.metres - b.metres)
}
