import { polygonsOf, type Position, type Rings } from './geometry'

/** A base line of the small map: a river or another water, a road, anything else that helps one to find the place. */
export interface BaseLine {
  name: string
  kind: 'river' | 'road' | 'other'
  /** Lines; empty for a surface. */
  parts: Position[][]
  /** Surfaces, a river from bank to bank. */
  polygons: Rings[]
}

interface Feature {
  geometry?: { type?: string; coordinates?: unknown } | null
  properties?: { name?: unknown; kind?: unknown } | null
}

/** Base lines of a GeoJSON FeatureCollection; what is neither line nor surface is left out. */
export function readLines(collection: unknown): BaseLine[] {
  const features = (collection as { features?: unknown } | null | undefined)?.features
  if (!Array.isArray(features)) return []
  return (features as (Feature | null)[]).flatMap((feature) => {
    const parts = linesOf(feature?.geometry)
    const polygons = polygonsOf(feature?.geometry)
    if (!parts.length && !polygons.length) return []
    const kind = feature?.properties?.kind
    return [{ name: String(feature?.properties?.name ?? ''), kind: kind === 'river' || kind === 'road' ? kind : ('other' as const), parts, polygons }]
  })
}

function linesOf(geometry: Feature['geometry']): Position[][] {
  const coordinates = geometry?.coordinates
  if (!Array.isArray(coordinates)) return []
  const lines = geometry?.type === 'LineString' ? [coordinates] : geometry?.type === 'MultiLineString' ? coordinates : []
  return (lines as unknown[]).flatMap((line) => {
    const points = (Array.isArray(line) ? line : []).filter((p): p is Position => Array.isArray(p) && typeof p[0] === 'number' && typeof p[1] === 'number')
    return points.length > 1 ? [points.map(([x, y]) => [x, y] as Position)] : []
  })
}
