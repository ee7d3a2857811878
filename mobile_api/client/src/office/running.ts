import { liveQuery, type Subscription } from 'dexie'
import { reactive, watch } from 'vue'

import { enrolPhone } from '../capture/keys'
import { mendShots } from '../capture/shutter'
import { position } from '../capture/position'
import { type PassEnd, sendQueue } from '../queue/engine'
import { freeConfirmed, space, SPACE_WARNING } from '../queue/freeing'
import { theStore } from '../store/database'
import type { PhotoRow, RecordRow } from '../store/shapes'
import { showBadge } from './badge'
import { fetchBook, loadBook } from './book'
import { fetchNotices, loadNotices, notices } from './notices'
import { currentSession, phoneName, refreshSession, session } from './session'

const EVERY_MS = 30_000
const BOOK_EVERY_MS = 5 * 60_000
export const OLD_MS = 24 * 3_600_000

/** How the queue stands, for every screen. */
export const running = reactive({
  online: typeof navigator === 'undefined' ? true : navigator.onLine,
  sending: false,
  waitingRecords: 0,
  waitingPhotos: 0,
  attention: 0,
  oldest: null as number | null,
  others: 0,
  share: 0,
  freeBytes: null as number | null,
})

let asked = false
let hurryNext = false
let busy = false
let bookAt = 0
let bookPerson = ''
let noticesAt = 0
let watching: Subscription | null = null

/** Start everything that goes on by itself: at start, on the network's return, on return to view, every 30 seconds. */
export async function startRunning(): Promise<void> {
  window.addEventListener('online', () => {
    running.online = true
    goOn(true)
  })
  window.addEventListener('offline', () => {
    running.online = false
  })
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') goOn(true)
  })
  window.setInterval(() => goOn(), EVERY_MS)
  watch(() => notices.unread + running.attention, showBadge, { immediate: true })
  await forPerson()
}

/** Take up one person's things, after the start and after each sign-in. */
export async function forPerson(): Promise<void> {
  watching?.unsubscribe()
  watching = null
  const { person } = session
  await loadBook(person)
  await loadNotices(person)
  await countOthers()
  if (!person) {
    Object.assign(running, { waitingRecords: 0, waitingPhotos: 0, attention: 0, oldest: null })
    return
  }
  watching = liveQuery(() => summary(person)).subscribe({ next: show, error: () => undefined })
  await mendShots(person)
  bookAt = 0
  noticesAt = 0
  goOn(true)
}

function show(now: Partial<typeof running>): void {
  Object.assign(running, now)
}

async function summary(person: string) {
  const store = theStore()
  const open = ['captured', 'sending', 'answered', 'attention'].map((state): [string, string] => [person, state])
  const records = await store.records.where('[person+state]').anyOf(open).toArray()
  const photos = await store.photos
    .where('[person+state]')
    .anyOf(open)
    .filter((row) => Boolean(row.record))
    .toArray()
  const ids = new Set([...records.map((row) => row.uuid), ...photos.map((row) => row.record)])
  const times = [...records, ...photos].map((row: RecordRow | PhotoRow) => row.createdAt)
  const bad = new Set([
    ...records.filter((row) => row.state === 'attention').map((row) => row.uuid),
    ...photos.filter((row) => row.state === 'attention').map((row) => row.record),
  ])
  return {
    waitingRecords: ids.size,
    waitingPhotos: photos.length,
    attention: bad.size,
    oldest: times.length ? Math.min(...times) : null,
  }
}

/** What other people still have waiting on this phone: a figure, nothing else. */
async function countOthers(): Promise<void> {
  const store = theStore()
  const settled = new Set(['received', 'freed'])
  const rows = await store.records.filter((row) => row.person !== session.person && !settled.has(row.state)).count()
  running.others = rows
}

/** Send what waits. Calls while a pass runs make one more pass after it. `hurry` tries what is backing off too. */
export function goOn(hurry = false): void {
  asked = true
  hurryNext ||= hurry
  if (!busy) void run()
}

async function run(): Promise<void> {
  busy = true
  try {
    while (asked) {
      const hurry = hurryNext
      asked = false
      hurryNext = false
      await refreshBook(hurry)
      if (!session.person) continue
      // Beside the sending: neither waits for the other.
      void refreshNotices(hurry).catch(() => undefined)
      running.sending = true
      noteEnd(await sendQueue(session.person, hurry))
    }
  } catch {
    // The store was closed under us; the next pass opens it again.
  } finally {
    running.sending = false
    busy = false
  }
  await refreshSession().catch(() => undefined)
  await lookAtSpace()
}

function noteEnd(end: PassEnd): void {
  if (end === 'no_network') running.online = false
  else if (end === 'sent') running.online = navigator.onLine
  else if (end === 'session_over') session.over = true
}

async function refreshBook(hurry: boolean): Promise<void> {
  const row = await currentSession()
  if (!row || row.over) return
  if (row.person === bookPerson && Date.now() - bookAt < BOOK_EVERY_MS) {
    // Enrolling failed last time? An enrolled phone asks nothing here.
    if (hurry) await enrolPhone(row, phoneName())
    return
  }
  const at = position.fix
  const end = await fetchBook(row, at ? [at.lon, at.lat] : null)
  if (end === 'session') {
    await theStore().sessions.update(row.person, { over: true })
    session.over = true
    return
  }
  running.online = end !== 'failed'
  if (end === 'failed') return
  bookAt = Date.now()
  bookPerson = row.person
  await enrolPhone(row, phoneName())
}

/** At start, on return to view, and every five minutes while open. */
async function refreshNotices(hurry: boolean): Promise<void> {
  const row = await currentSession()
  if (!row || row.over || !running.online) return
  if (!hurry && Date.now() - noticesAt < BOOK_EVERY_MS) return
  noticesAt = Date.now()
  await fetchNotices(row)
}

export async function lookAtSpace(): Promise<void> {
  const now = await space()
  if (!now) return
  running.share = now.share
  running.freeBytes = now.quotaBytes - now.usedBytes
  if (now.share >= SPACE_WARNING && session.person) await freeConfirmed(session.person)
}

/** Ask the browser to send even after the page is closed, where it can (Chromium). */
export async function askBackgroundSync(): Promise<void> {
  try {
    const registration = (await navigator.serviceWorker?.getRegistration('/m/')) as
      | (ServiceWorkerRegistration & { sync?: { register(tag: string): Promise<void> } })
      | undefined
    await registration?.sync?.register('xungai-queue')
  } catch {
    // Not granted: the queue goes on when the app is opened.
  }
}
