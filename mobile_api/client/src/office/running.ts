import { liveQuery, type Subscription } from 'dexie'
import { reactive, watch } from 'vue'

import { enrolPhone } from '../capture/keys'
import { mendShots } from '../capture/shutter'
import { position } from '../capture/position'
import { type PassEnd, sendQueue } from '../queue/engine'
import { freeConfirmed, space, SPACE_WARNING } from '../queue/freeing'
import { heldForOthers, unsubmitted } from '../queue/unsubmitted'
import { theStore } from '../store/database'
import { OPEN_STATES, type PhotoRow, type RecordRow } from '../store/shapes'
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
  /** Reports and visits that were tried and failed, and are tried again by themselves. */
  failing: 0,
  /** Drafts that hold photos: nobody has submitted them, so nothing sends them. */
  drafts: 0,
  draftPhotos: 0,
  /** Since when the oldest of all that waits, and of the drafts, lies here. */
  oldest: null as number | null,
  oldestDraft: null as number | null,
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
  watch(() => notices.unread + running.attention + running.drafts, showBadge, { immediate: true })
  await forPerson()
}

/** Take up one person's things, after the start and after each sign-in. */
export async function forPerson(): Promise<void> {
  watching?.unsubscribe()
  watching = null
  const { person } = session
  await loadBook(person)
  await loadNotices(person)
  running.others = await heldForOthers(person)
  if (!person) {
    show(NOTHING)
    return
  }
  watching = liveQuery(() => summary(person)).subscribe({ next: show, error: () => undefined })
  await mendShots(person)
  bookAt = 0
  noticesAt = 0
  goOn(true)
}

const NOTHING = { waitingRecords: 0, waitingPhotos: 0, attention: 0, failing: 0, drafts: 0, draftPhotos: 0, oldest: null, oldestDraft: null }

function show(now: Partial<typeof running>): void {
  Object.assign(running, now)
}

/** How it stands with what one person has on this phone. */
export async function summary(person: string) {
  const store = theStore()
  const open = OPEN_STATES.map((state): [string, string] => [person, state])
  const records = await store.records.where('[person+state]').anyOf(open).toArray()
  const photos = await store.photos
    .where('[person+state]')
    .anyOf(open)
    .filter((row) => Boolean(row.record))
    .toArray()
  const drafts = await unsubmitted(person)
  const things: (RecordRow | PhotoRow)[] = [...records, ...photos]
  const thingOf = (row: RecordRow | PhotoRow) => ('bodyText' in row ? row.uuid : row.record)
  const bad = new Set(things.filter((row) => row.state === 'attention').map(thingOf))
  const failing = new Set(things.filter((row) => row.trouble && row.state !== 'attention').map(thingOf).filter((uuid) => !bad.has(uuid)))
  const oldestDraft = drafts.length ? Math.min(...drafts.map((one) => one.since)) : null
  const times = things.map((row) => row.createdAt)
  if (oldestDraft !== null) times.push(oldestDraft)
  return {
    waitingRecords: new Set(things.map(thingOf)).size,
    waitingPhotos: photos.length,
    attention: bad.size,
    failing: failing.size,
    drafts: drafts.length,
    draftPhotos: drafts.reduce((sum, one) => sum + one.photos.length, 0),
    oldest: times.length ? Math.min(...times) : null,
    oldestDraft,
  }
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
  // A session that is over was told by the server: the network is there.
  else if (end === 'sent' || end === 'session_over') running.online = navigator.onLine
  if (end === 'session_over') session.over = true
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
  if (end === 'session') return await sessionIsOver(row.person)
  if (end === 'busy') return
  running.online = end !== 'failed'
  if (end === 'failed') return
  bookAt = Date.now()
  bookPerson = row.person
  await enrolPhone(row, phoneName())
}

/** The server takes the token no more; that it said so means that there is a network. */
export async function sessionIsOver(person: string): Promise<void> {
  await theStore().sessions.update(person, { over: true })
  if (session.person !== person) return
  session.over = true
  running.online = navigator.onLine
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
