import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { fetchNotices, loadNotices, markRead, notices, readNotices } from '../src/office/notices'
import type { SessionRow } from '../src/store/shapes'
import { faults, freshPhone, serverState, setServer, signedIn, startServer, stopServer } from './phone'

const SUBJECT = '00000000-0000-4000-8000-000000000001'
const told = (id: number, read_at: string | null = null) => ({ id, code: 'plan_issued', zh: `第 ${id} 条`, en: `No. ${id}`, kind: 'problem', subject: SUBJECT, at: `2026-11-2${id}T08:00:00+08:00`, read_at })

let me: SessionRow
beforeAll(startServer)
afterAll(stopServer)
beforeEach(async () => {
  await freshPhone()
  me = await signedIn()
  await setServer({ notices: [told(1, '2026-11-21T09:00:00+08:00'), told(2), told(3)] })
  await loadNotices('inspector')
})

describe('notices', () => {
  it('come with their count, unread ones first', async () => {
    await fetchNotices(me)
    expect(notices.unread).toBe(2)
    expect(notices.list.map((one) => [one.id, one.read])).toEqual([[3, false], [2, false], [1, true]])
  })

  it('are kept for reading without a network, for this person alone', async () => {
    await fetchNotices(me)
    await loadNotices('second')
    expect(notices.list).toEqual([])
    await loadNotices('inspector')
    expect(notices.list).toHaveLength(3)
    await faults({ match: 'GET /api/v1/notices', do: 'reset', times: 1 })
    await fetchNotices(me)
    expect(notices.list).toHaveLength(3)
  })

  it('read without a network stay read, and the server is told later', async () => {
    await fetchNotices(me)
    await markRead([3])
    await loadNotices('inspector')
    expect(notices.unread).toBe(1)
    await faults({ match: 'POST /api/v1/notices/read', do: 'reset', times: 1 })
    await fetchNotices(me)
    expect((await serverState()).notices.find((one) => one.id === 3)?.read_at).toBeNull()
    await fetchNotices(me)
    expect((await serverState()).notices.find((one) => one.id === 3)?.read_at).not.toBeNull()
    expect(notices.unread).toBe(1)
    expect(notices.untold).toEqual([])
  })

  it('tapped while an answer is under way do not come back as unread', async () => {
    await fetchNotices(me)
    const asking = fetchNotices(me)
    await markRead([2])
    await asking
    expect(notices.list.find((one) => one.id === 2)?.read).toBe(true)
    expect(notices.unread).toBe(1)
  })

  it('of another shape stop nothing', () => {
    for (const body of [null, 5, [], { notices: 7 }, { notices: [null, { id: 'x' }, { id: 1 }] }]) expect(readNotices(body).list).toEqual([])
  })
})
