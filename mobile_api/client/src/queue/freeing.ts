import { theStore } from '../store/database'
import type { PhotoRow } from '../store/shapes'

export const KEEP_MS = 7 * 24 * 3_600_000
/** Above this share of what the browser grants, space is needed and confirmed copies go before their seven days. */
export const SPACE_WARNING = 0.8

export interface Space {
  usedBytes: number
  quotaBytes: number
  share: number
}

export async function space(): Promise<Space | null> {
  if (typeof navigator === 'undefined' || !navigator.storage?.estimate) return null
  try {
    const { usage = 0, quota = 0 } = await navigator.storage.estimate()
    return quota ? { usedBytes: usage, quotaBytes: quota, share: usage / quota } : null
  } catch {
    return null
  }
}

/** Let go of bytes that the server's receipt has confirmed: after seven days, or the oldest first when space is needed. */
export async function freeConfirmed(person: string, now = Date.now(), needed = false): Promise<number> {
  const store = theStore()
  const confirmed = await store.photos.where('[person+state]').equals([person, 'received']).toArray()
  const scarce = needed || ((await space())?.share ?? 0) >= SPACE_WARNING
  const ripe = confirmed
    .filter((row) => scarce || freeAt(row) <= now)
    .sort((a, b) => a.createdAt - b.createdAt)
  for (const row of ripe) {
    await store.transaction('rw', store.photos, store.bytes, async () => {
      const current = await store.photos.get(row.uuid)
      if (current?.state !== 'received') return
      await store.bytes.delete(row.uuid)
      await store.photos.update(row.uuid, { state: 'freed' })
    })
  }
  return ripe.length
}

/** When the phone may let go of its copy: seven days after the receipt. */
export function freeAt(row: Pick<PhotoRow, 'receivedAt' | 'createdAt'>): number {
  const received = row.receivedAt ? Date.parse(row.receivedAt) : Number.NaN
  return (Number.isFinite(received) ? received : row.createdAt) + KEEP_MS
}
