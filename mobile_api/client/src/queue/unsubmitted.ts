import Dexie from 'dexie'

import { REPORT_DRAFT, visitDraft } from '../capture/drafts'
import { theStore } from '../store/database'
import type { PhotoRow } from '../store/shapes'

/** Photos that were shot and lie in a draft: nobody has submitted them, so nothing sends them. */
export interface Unsubmitted {
  draft: string
  /** The problem whose visit they belong to; empty = they are of a new report. */
  problem: string
  photos: PhotoRow[]
  /** When the first of them was shot. */
  since: number
}

const VISIT = visitDraft('')

/** All photos in drafts of one person. Those without a tick are none: the shutter said so at the time. */
export async function unsubmittedPhotos(person: string): Promise<PhotoRow[]> {
  return await theStore()
    .photos.where('[person+draft]')
    .between([person, ''], [person, Dexie.maxKey], false, true)
    .filter((row) => !row.record && row.verified)
    .toArray()
}

/** The drafts of one person that hold photos, the oldest first. */
export async function unsubmitted(person: string): Promise<Unsubmitted[]> {
  return grouped(await unsubmittedPhotos(person))
}

export function grouped(photos: PhotoRow[]): Unsubmitted[] {
  const drafts = new Map<string, PhotoRow[]>()
  for (const photo of [...photos].sort((a, b) => a.createdAt - b.createdAt)) {
    const list = drafts.get(photo.draft)
    if (list) list.push(photo)
    else drafts.set(photo.draft, [photo])
  }
  return [...drafts].map(([draft, list]) => ({
    draft,
    problem: draft.startsWith(VISIT) ? draft.slice(VISIT.length) : '',
    photos: list,
    since: list[0]?.createdAt ?? 0,
  }))
}

/** Where a draft is gone on with. */
export const continueAt = (one: Unsubmitted): string => (one.draft === REPORT_DRAFT ? '/report' : `/visit/${one.problem}`)

/** How much others left on this phone that the office does not have: a figure, nothing else. */
export async function heldForOthers(person: string): Promise<number> {
  const store = theStore()
  const settled = new Set(['received', 'freed'])
  const things = new Set<string>()
  await store.records.filter((row) => row.person !== person && !settled.has(row.state) && row.state !== 'aside').each((row) => things.add(row.uuid))
  await store.photos.filter((row) => row.person !== person && !settled.has(row.state) && row.verified).each((row) => {
    things.add(row.record || `${row.person} ${row.draft}`)
  })
  return things.size
}
