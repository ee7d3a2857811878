import { MOST_PHOTOS, readDraft, REPORT_DRAFT, visitDraft } from '../capture/drafts'
import { theStore } from '../store/database'
import type { Stage } from '../store/shapes'
import { draftPhotos } from './submit'

/** What a visit got from a report that turned out to be a known problem; enough to undo it. */
export interface Brought {
  photos: { uuid: string; stage: Stage; site: string | null }[]
  words: string
  /** The report's draft, where it ended with this. */
  report: Record<string, unknown> | null
}

/** How many photos of the report there are, and how many of them the visit has room for. */
export async function roomInVisit(person: string, problem: string): Promise<{ all: number; room: number }> {
  const there = await draftPhotos(person, visitDraft(problem))
  return { all: (await draftPhotos(person, REPORT_DRAFT)).length, room: Math.max(MOST_PHOTOS - there.length, 0) }
}

/**
 * "It is the same one": the photos of the report become photos of the visit, the oldest first, in one transaction. What the visit
 * has no room for stays in the report with everything else; a report without a photo left has ended, and its words go along.
 */
export async function bringToVisit(person: string, problem: string, stage: Stage): Promise<{ moved: number; left: number }> {
  const store = theStore()
  return store.transaction('rw', store.photos, store.drafts, async () => {
    const id = visitDraft(problem)
    const { all, room } = await roomInVisit(person, problem)
    const going = (await draftPhotos(person, REPORT_DRAFT)).slice(0, room)
    const left = all - going.length
    await store.photos.where('uuid').anyOf(going.map((row) => row.uuid)).modify((row) => {
      row.draft = id
      row.site = null
      // Of a known problem "before" is what is there already; whoever chose another stage knew why.
      if (row.stage === 'before') row.stage = stage
    })
    const report = await readDraft(person, REPORT_DRAFT)
    const visit = await readDraft(person, id)
    const words = left === 0 ? asText(report.words) : ''
    const earlier = visit.brought as Brought | undefined
    const brought: Brought = {
      photos: [...(earlier?.photos ?? []), ...going.map((row) => ({ uuid: row.uuid, stage: row.stage, site: row.site }))],
      words: [asText(earlier?.words), words].filter(Boolean).join(' '),
      report: left === 0 ? { ...earlier?.report, ...report } : (earlier?.report ?? null),
    }
    const fields = { ...visit, words: [asText(visit.words), words].filter(Boolean).join(' '), brought }
    await store.drafts.put({ person, id, fields, changedAt: Date.now() })
    if (left === 0) await store.drafts.delete([person, REPORT_DRAFT])
    return { moved: going.length, left }
  })
}

/** "It is another one after all": what came from the report goes back into it, as it was. Photos shot for the visit stay there. */
export async function takeBackToReport(person: string, problem: string): Promise<void> {
  const store = theStore()
  await store.transaction('rw', store.photos, store.drafts, async () => {
    const id = visitDraft(problem)
    const { brought, ...visit } = (await readDraft(person, id)) as { brought?: Brought; words?: unknown }
    if (!brought) return
    for (const { uuid, stage, site } of brought.photos)
      await store.photos.where('uuid').equals(uuid).and((row) => row.draft === id).modify({ draft: REPORT_DRAFT, stage, site })
    const words = visit.words === brought.words ? '' : visit.words
    await store.drafts.put({ person, id, fields: { ...visit, words }, changedAt: Date.now() })
    if (brought.report && !(await store.drafts.get([person, REPORT_DRAFT])))
      await store.drafts.put({ person, id: REPORT_DRAFT, fields: brought.report, changedAt: Date.now() })
  })
}

const asText = (value: unknown): string => (typeof value === 'string' ? value.trim() : '')
