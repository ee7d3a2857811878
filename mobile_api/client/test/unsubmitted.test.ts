import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { REPORT_DRAFT, visitDraft } from '../src/capture/drafts'
import { keepShot } from '../src/capture/shutter'
import { summary } from '../src/office/running'
import { sendQueue } from '../src/queue/engine'
import { continueAt, heldForOthers, unsubmitted } from '../src/queue/unsubmitted'
import type { Store } from '../src/store/database'
import { faults, freshPhone, report, shot, signedIn, startServer, stopServer } from './phone'

const KNOWN = '00000000-0000-4000-8000-000000000001'

let store: Store
beforeAll(startServer)
afterAll(stopServer)
beforeEach(async () => {
  store = await freshPhone()
  await signedIn()
})

describe('photos that nobody has submitted', () => {
  it('are one thing for each draft, the oldest first, and lead to where they are gone on with', async () => {
    const first = await keepShot(shot({ draft: visitDraft(KNOWN) }), 'inspector')
    await keepShot(shot(), 'inspector')
    await keepShot(shot(), 'inspector')
    await store.photos.update(first.uuid, { createdAt: 5 })
    const drafts = await unsubmitted('inspector')
    expect(drafts.map(({ draft, problem, photos, since }) => [draft, problem, photos.length, since])).toEqual([
      [visitDraft(KNOWN), KNOWN, 1, 5],
      [REPORT_DRAFT, '', 2, expect.any(Number)],
    ])
    expect(drafts.map(continueAt)).toEqual([`/visit/${KNOWN}`, '/report'])
  })

  it('count in how the phone stands, with the age of the oldest, until they are submitted', async () => {
    const old = await keepShot(shot({ draft: visitDraft(KNOWN) }), 'inspector')
    await store.photos.update(old.uuid, { createdAt: 7 })
    await keepShot(shot(), 'inspector')
    expect(await summary('inspector')).toMatchObject({ drafts: 2, draftPhotos: 2, waitingRecords: 0, oldest: 7, oldestDraft: 7 })
    await report('inspector', 0)
    expect(await summary('inspector')).toMatchObject({ drafts: 1, draftPhotos: 1, waitingRecords: 1, oldest: 7 })
  })

  it('are nobody else\'s, and what a broken shutter left is none', async () => {
    const broken = await keepShot(shot(), 'inspector')
    await store.photos.update(broken.uuid, { verified: false })
    await keepShot(shot(), 'second')
    expect(await unsubmitted('inspector')).toEqual([])
    expect(await unsubmitted('second')).toHaveLength(1)
  })

  it('and records and photos under way are counted as left by another person, each thing once', async () => {
    await report('inspector', 2)
    await keepShot(shot(), 'inspector')
    await keepShot(shot(), 'inspector')
    expect(await heldForOthers('')).toBe(2)
    expect(await heldForOthers('second')).toBe(2)
    expect(await heldForOthers('inspector')).toBe(0)
  })

  it('a record that arrived counts as long as one of its photos has not', async () => {
    const { record } = await report('inspector', 1)
    await store.records.update(record.uuid, { state: 'received' })
    expect(await heldForOthers('')).toBe(1)
  })
})

describe('what fails', () => {
  it('is told apart from what is being sent', async () => {
    await report('inspector', 1)
    expect(await summary('inspector')).toMatchObject({ waitingRecords: 1, failing: 0 })
    await faults({ match: 'PUT /api/v1/reports', do: 'status', status: 500 }, { match: 'POST /api/v1/uploads', do: 'status', status: 500 })
    await sendQueue('inspector', true)
    expect(await summary('inspector')).toMatchObject({ waitingRecords: 1, failing: 1, attention: 0 })
    await sendQueue('inspector', true)
    expect(await summary('inspector')).toMatchObject({ waitingRecords: 0, failing: 0 })
  })
})
