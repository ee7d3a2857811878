import Dexie, { type EntityTable, type Table } from 'dexie'

import type {
  BookRow,
  BytesRow,
  DiscardRow,
  DraftRow,
  KeyRow,
  PhotoRow,
  PictureRow,
  RecordRow,
  SessionRow,
  SuggestionRow,
} from './shapes'

export const STORE_NAME = 'xungai'

/** The phone's store. Bytes lie in a table of their own, so that lists of 200 photos never load a picture. */
export class Store extends Dexie {
  settings!: Table<{ key: string; value: unknown }, string>
  sessions!: EntityTable<SessionRow, 'person'>
  keys!: EntityTable<KeyRow, 'person'>
  books!: EntityTable<BookRow, 'person'>
  pictures!: Table<PictureRow, [string, string]>
  photos!: EntityTable<PhotoRow, 'uuid'>
  bytes!: EntityTable<BytesRow, 'uuid'>
  thumbs!: EntityTable<BytesRow, 'uuid'>
  records!: EntityTable<RecordRow, 'uuid'>
  drafts!: Table<DraftRow, [string, string]>
  discards!: EntityTable<DiscardRow, 'uuid'>
  suggestions!: EntityTable<SuggestionRow, 'uuid'>

  constructor(name = STORE_NAME) {
    super(name, { chromeTransactionDurability: 'strict' })
    this.version(1).stores({
      settings: 'key',
      sessions: 'person',
      keys: 'person',
      books: 'person',
      pictures: '[person+url], person',
      photos: 'uuid, person, [person+state], [person+record], [person+draft], record',
      bytes: 'uuid',
      thumbs: 'uuid',
      records: 'uuid, person, [person+state]',
      drafts: '[person+id], person',
      discards: 'uuid, person',
      suggestions: 'uuid, person',
    })
  }
}

let store: Store | null = null

export function theStore(): Store {
  store ??= new Store()
  return store
}

/** For tests, and for a start after a failed upgrade. */
export function useStore(other: Store | null): void {
  store = other
}

/**
 * Run something on the store; when the browser closed the database under us (iOS does so under memory pressure), open it
 * again and run it once more.
 */
export async function withStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
  const current = theStore()
  try {
    return await work(current)
  } catch (error) {
    if (!isClosed(error)) throw error
    current.close({ disableAutoOpen: false })
    await current.open()
    return await work(current)
  }
}

function isClosed(error: unknown): boolean {
  const name = error instanceof Error ? error.name : ''
  return name === 'DatabaseClosedError' || name === 'InvalidStateError' || name === 'UnknownError'
}

/** Whether the phone refused to store for want of space, however deep the browser wrapped that. */
export function isFull(error: unknown): boolean {
  for (let at: unknown = error, depth = 0; at && depth < 5; depth += 1) {
    const one = at as { name?: string; inner?: unknown; cause?: unknown; message?: string }
    if (one.name === 'QuotaExceededError' || /quota/i.test(one.message ?? '')) return true
    at = one.inner ?? one.cause
  }
  return false
}

export async function readSetting<T>(key: string): Promise<T | undefined> {
  return (await theStore().settings.get(key))?.value as T | undefined
}

export async function writeSetting(key: string, value: unknown): Promise<void> {
  await theStore().settings.put({ key, value })
}
