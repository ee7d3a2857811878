import type { Position } from '../places/geometry'

export interface ReportEntry {
  title: string
  words: string
  category: string
  at: Position | null
  /** Null when the pin was moved by hand: the accuracy of the fix says nothing about it then. */
  accuracyM: number | null
  /** How far the pin was moved from the fix, 0 = not at all. */
  movedM: number
  area: string
  areaReason: string
  observedAt: string
  inspection: string
  noPhotoReason: string
  sites?: { id: string; name: string; at: Position }[]
}

/** The server takes no more: beyond it the pin was not moved, but set somewhere else. */
const MOST_MOVED_M = 100_000

/** The body of `PUT /reports/{uuid}`, without its photos, which are added when it is submitted. */
export function reportBody(entry: ReportEntry): Record<string, unknown> {
  return {
    title: entry.title,
    // Words are optional for the person; the call wants some, and the title says it all.
    description: entry.words || entry.title,
    category: entry.category,
    location: entry.at
      ? { type: 'Point', coordinates: entry.at }
      : { area: entry.area, no_location_reason: entry.areaReason },
    ...(entry.at && entry.accuracyM !== null ? { accuracy_m: entry.accuracyM } : {}),
    ...(entry.movedM > 0 ? { moved_m: Math.min(entry.movedM, MOST_MOVED_M) } : {}),
    observed_at: entry.observedAt,
    ...(entry.inspection ? { inspection: entry.inspection } : {}),
    ...(entry.sites?.length
      ? { sites: entry.sites.map(({ id, name, at }) => ({ id, name, location: { type: 'Point', coordinates: at } })) }
      : {}),
    ...(entry.noPhotoReason ? { no_photo_reason: entry.noPhotoReason } : {}),
  }
}

export interface VisitEntry {
  problem: string
  inspection: string
  observedAt: string
  at: Position | null
  accuracyM: number | null
  verdict: string
  notes: string
  people: string[]
  measures: Record<string, string>
  enterprise: string
  referred: boolean
}

/** The body of `PUT /visits/{uuid}`, without its photos. */
export function visitBody(entry: VisitEntry): Record<string, unknown> {
  const measures = Object.entries(entry.measures).map(([id, state]) => ({ id, state }))
  return {
    problem: entry.problem,
    ...(entry.inspection ? { inspection: entry.inspection } : {}),
    observed_at: entry.observedAt,
    location: entry.at ? { type: 'Point', coordinates: entry.at } : null,
    ...(entry.at && entry.accuracyM !== null ? { accuracy_m: entry.accuracyM } : {}),
    verdict: entry.verdict,
    notes: entry.notes,
    ...(entry.people.length ? { people: entry.people } : {}),
    ...(measures.length ? { measures } : {}),
    ...(entry.enterprise ? { enterprise: entry.enterprise } : {}),
    ...(entry.referred ? { referred_to_enforcement: true } : {}),
  }
}
