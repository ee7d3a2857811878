import { describe, expect, it } from 'vitest'

import { readSubmissions, sentAbout, sentItems, type Submission } from '../src/office/sent'
import type { PhotoRow, RecordRow } from '../src/store/shapes'

const record = (change: Partial<RecordRow>): RecordRow => ({ uuid: 'r', kind: 'report', title: '石桥镇垃圾堆放', bodyText: '{}', photos: ['p1', 'p2'], problem: '', state: 'received', createdAt: 5, answer: null, ...change }) as RecordRow
const photo = (uuid: string, state: PhotoRow['state']) => ({ uuid, state, record: 'r' }) as PhotoRow
const line = (change: Partial<Submission>): Submission => ({
  uuid: 'r', kind: 'report', receivedAt: '2026-11-25T08:00:00+08:00', title: '石桥镇垃圾堆放', verdict: '', missing: [], hints: [],
  problem: { id: 'r', number: '2026-101', title: '', status: 'listed', light: 'green', reason: '' }, ...change,
})

describe('what I sent', () => {
  it('is one list of this phone and the others, newest first, each once', () => {
    const items = sentItems([record({}), record({ uuid: 'w', state: 'captured', createdAt: 9 })], [], [line({}), line({ uuid: 'other', receivedAt: '1970-01-01T00:00:00.002Z' })])
    expect(items.map(({ uuid, here, state }) => [uuid, here, state])).toEqual([['w', true, 'waiting'], ['r', true, 'there'], ['other', false, 'there']])
    expect(items[1]).toMatchObject({ status: 'listed', number: '2026-101', light: 'green' })
  })

  it('says which photos are missing, and whether this phone has them', () => {
    const held = [photo('p1', 'captured'), photo('p2', 'received')]
    expect(sentItems([record({})], held, [line({ missing: ['p1', 'elsewhere'] })])[0]).toMatchObject({ missing: 2, missingHere: 1 })
    expect(sentItems([record({})], held, [])[0]).toMatchObject({ missing: 1, missingHere: 1 })
  })

  it('counts no photo as missing that has been confirmed since the kept answer', () => {
    expect(sentItems([record({})], [photo('p1', 'received'), photo('p2', 'freed')], [line({ missing: ['p1', 'p2'] })])[0]?.missing).toBe(0)
  })

  it('needs its person where the phone says so, whatever the office says', () => {
    expect(sentItems([record({ state: 'attention' })], [], [])[0]?.state).toBe('attention')
  })

  it('says why the office returned a report, and nothing where it gave no reason', () => {
    const told = (problem: unknown) => readSubmissions({ submissions: [{ uuid: 'r', kind: 'report', problem }] })
    const [item] = sentItems([record({})], [], told({ id: 'r', status: 'returned', reason: ' 已在清单上\n见 2026-101 ' }))
    expect(item).toMatchObject({ status: 'returned', reason: '已在清单上\n见 2026-101' })
    for (const reason of ['', null, undefined, 5]) expect(sentItems([], [], told({ id: 'r', status: 'listed', reason }))[0]?.reason).toBe('')
  })

  it('has what the office set aside beside another of its number, and asks nothing of its person', () => {
    expect(sentItems([record({ state: 'aside' })], [], [line({})])[0]).toMatchObject({ state: 'aside', status: 'listed' })
  })

  it('is found by the problem that a notice is about: the report itself before a visit', () => {
    const items = [{ uuid: 'v', problem: 'r' }, { uuid: 'r', problem: 'r' }, { uuid: 'w', problem: 'x' }]
    expect([sentAbout('r', items), sentAbout('x', items), sentAbout('none', items)]).toEqual(['r', 'w', ''])
  })

  it('of another shape stops nothing', () => {
    for (const body of [null, 7, [], { submissions: 'no' }, { submissions: [null, {}] }]) expect(readSubmissions(body)).toEqual([])
    const [one] = readSubmissions({ submissions: [{ uuid: 'A', kind: 'visit', problem: null, hints: ['late', { code: 'x', detail: 'y' }], missing: ['B'] }] })
    expect(one).toMatchObject({ uuid: 'a', kind: 'visit', problem: null, missing: ['b'], hints: [{ code: 'late' }, { code: 'x', detail: 'y' }] })
  })
})
