import type { PhotoRow, RecordRow, Trouble } from '../store/shapes'
import { freeAt } from './freeing'

/** One row of the queue: a report or visit with its photos, seen as one thing. */
export interface Standing {
  record: RecordRow
  photos: PhotoRow[]
  group: 'attention' | 'waiting' | 'confirmed'
  trouble: Trouble | null
  /** Part of the bytes that are over, 0 … 1. */
  share: number
  sending: boolean
  answered: boolean
  /** The office has it beside another one of the same number, and decides. */
  aside: boolean
  nextAt: number
  keptUntil: number | null
  freed: boolean
}

const settled = (state: string) => state === 'received' || state === 'freed' || state === 'aside'

export function standingOf(record: RecordRow, photos: PhotoRow[]): Standing {
  const items = [record, ...photos]
  const bad = items.find((item) => item.state === 'attention')
  const done = items.every((item) => settled(item.state))
  const open = items.filter((item) => item.state === 'captured' || item.state === 'sending')
  const bytes = record.bodyText.length + photos.reduce((sum, photo) => sum + photo.size, 0)
  const over =
    (record.state === 'answered' || settled(record.state) ? record.bodyText.length : 0) +
    photos.reduce((sum, photo) => sum + (photo.state === 'answered' || settled(photo.state) ? photo.size : photo.sentBytes), 0)
  const kept = photos.filter((photo) => photo.state === 'received')
  return {
    record,
    photos,
    group: bad ? 'attention' : done ? 'confirmed' : 'waiting',
    trouble: bad?.trouble ?? open.find((item) => item.trouble)?.trouble ?? null,
    share: bytes ? over / bytes : 1,
    sending: items.some((item) => item.state === 'sending'),
    aside: record.state === 'aside',
    answered: !done && items.every((item) => settled(item.state) || item.state === 'answered'),
    nextAt: open.length ? Math.min(...open.map((item) => item.nextAt)) : 0,
    keptUntil: kept.length ? Math.min(...kept.map(freeAt)) : null,
    freed: done && photos.length > 0 && kept.length === 0,
  }
}

/** All of one person's records with their photos, newest first. */
export function standings(records: RecordRow[], photos: PhotoRow[]): Standing[] {
  const byRecord = new Map<string, PhotoRow[]>()
  for (const photo of photos) {
    const list = byRecord.get(photo.record)
    if (list) list.push(photo)
    else byRecord.set(photo.record, [photo])
  }
  return records
    .map((record) => standingOf(record, (byRecord.get(record.uuid) ?? []).sort((a, b) => a.createdAt - b.createdAt)))
    .sort((a, b) => b.record.createdAt - a.record.createdAt)
}
