import type { Position } from '../places/geometry'
import { theStore } from '../store/database'
import type { PhotoRow, Stage } from '../store/shapes'

export const REPORT_DRAFT = 'report'
export const visitDraft = (problem: string) => `visit:${problem}`

/** Most photos of one visit, and of one place of a report. */
export const MOST_PHOTOS = 9

/** What a photo of a visit shows unless the inspector says otherwise. */
export const visitStage = (status: string | undefined): Stage => (['planned', 'rectifying'].includes(status ?? '') ? 'during' : 'after')

/** A further place of the same problem; its photos carry its id. The first place is the report's own. */
export interface FurtherSite {
  id: string
  name: string
  /** Where its pin was put by hand; without one it lies where its first photo was taken. */
  pin: Position | null
}

export const MOST_SITES = 5

/**
 * The further sites of a draft: those noted, and those that only a photo names because the page was killed in between. A site
 * without a photo and without a pin is none.
 */
export function sitesOf(noted: unknown, photos: Pick<PhotoRow, 'site'>[]): FurtherSite[] {
  const known = Array.isArray(noted) ? (noted as FurtherSite[]).filter((one) => typeof one?.id === 'string') : []
  const shot = new Set(photos.flatMap((photo) => photo.site ?? []))
  const sites = known.filter((one) => one.pin || shot.has(one.id))
  const missing = [...shot].filter((id) => !sites.some((one) => one.id === id))
  return [...sites, ...missing.map((id) => ({ id, name: '', pin: null }))]
}

/** What was entered so far; kept at every change, so that a page that is killed or reloaded loses no word. */
export async function readDraft(person: string, id: string): Promise<Record<string, unknown>> {
  return (await theStore().drafts.get([person, id]))?.fields ?? {}
}

export async function keepDraft(person: string, id: string, fields: Record<string, unknown>): Promise<void> {
  await theStore().drafts.put({ person, id, fields: JSON.parse(JSON.stringify(fields)), changedAt: Date.now() })
}
