import { sha256Hex } from '../capture/digest'
import { theStore } from '../store/database'
import type { PhotoRow, RecordRow } from '../store/shapes'

export interface NewRecord {
  kind: 'report' | 'visit'
  title: string
  body: Record<string, unknown>
  draft: string
  problem: string
  movedM: number
}

/**
 * Turn a draft into something to send: record, its photos and the end of the draft in one transaction, so that a page
 * killed here has either the draft or the record. The body's text is fixed now; every retry sends the same bytes.
 */
export async function submitRecord(person: string, what: NewRecord, uuid: string = crypto.randomUUID()): Promise<RecordRow> {
  const store = theStore()
  const photos = await draftPhotos(person, what.draft)
  const ids = photos.map((row) => row.uuid)
  const bodyText = JSON.stringify({ ...what.body, photos: ids })
  const row: RecordRow = {
    uuid,
    person,
    kind: what.kind,
    title: what.title,
    bodyText,
    sha256: await sha256Hex(bodyText),
    photos: ids,
    problem: what.problem,
    movedM: what.movedM,
    state: 'captured',
    attempts: 0,
    nextAt: 0,
    trouble: null,
    createdAt: Date.now(),
    receivedAt: null,
    answer: null,
  }
  await store.transaction('rw', store.records, store.photos, store.drafts, async () => {
    if (await store.records.get(uuid)) return // a second tap
    await store.records.add(row)
    await store.photos.where('uuid').anyOf(ids).modify({ record: uuid, draft: '' })
    await store.drafts.delete([person, what.draft])
  })
  return row
}

/** Let a further site go: its photos belong to the first from now on, none is lost. */
export async function joinToFirst(person: string, draft: string, site: string): Promise<void> {
  const rows = theStore().photos.where('[person+draft]').equals([person, draft])
  await rows.and((row) => row.site === site).modify({ site: null })
}

/** The photos of a draft, in the order they were taken. */
export async function draftPhotos(person: string, draft: string): Promise<PhotoRow[]> {
  const rows = await theStore().photos.where('[person+draft]').equals([person, draft]).toArray()
  return rows.filter((row) => row.verified).sort((a, b) => a.createdAt - b.createdAt)
}
