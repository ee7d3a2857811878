import Dexie from 'dexie'

import type { QueueContents } from '../queue/archive'
import type { DiscardRow, PhotoRow, RecordRow } from './shapes'
import { STORE_NAME, type Store } from './database'

export type Opened = { kind: 'open' } | { kind: 'old'; old: Dexie; error: unknown } | { kind: 'none'; error: unknown }

/**
 * Open the store. When its upgrade fails the browser rolls it back, and the old store, opened as it is without any upgrade,
 * can still be read: the app then shows one page with "save to file" and touches nothing.
 */
export async function openStore(store: Store): Promise<Opened> {
  try {
    await store.open()
    return { kind: 'open' }
  } catch (error) {
    store.close()
    try {
      const old = new Dexie(store.name ?? STORE_NAME)
      await old.open()
      return { kind: 'old', old, error }
    } catch {
      return { kind: 'none', error }
    }
  }
}

/** Everything of one person in a store of whatever version, as far as its tables are there. */
export async function contentsOf(store: Dexie, person: string): Promise<QueueContents> {
  const has = (name: string) => store.tables.some((table) => table.name === name)
  const rows = async <T extends { person: string }>(name: string): Promise<T[]> =>
    has(name) ? (await store.table<T>(name).toArray()).filter((row) => !person || row.person === person) : []
  const settled = new Set(['received', 'freed'])
  return {
    records: (await rows<RecordRow>('records')).filter((row) => !settled.has(row.state)),
    photos: (await rows<PhotoRow>('photos')).filter((row) => !settled.has(row.state)),
    discards: await rows<DiscardRow>('discards'),
    bytes: async (uuid) => (has('bytes') ? await store.table('bytes').get(uuid) : undefined),
  }
}
