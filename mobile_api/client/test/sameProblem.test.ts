import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'

import { keepDraft, readDraft, REPORT_DRAFT, visitDraft, visitStage } from '../src/capture/drafts'
import { keepShot } from '../src/capture/shutter'
import { type Brought, bringToVisit, roomInVisit, takeBackToReport } from '../src/queue/sameProblem'
import { draftPhotos } from '../src/queue/submit'
import { type Store, theStore } from '../src/store/database'
import { freshPhone, shot, signedIn, startServer, stopServer } from './phone'

const ME = 'inspector'
const VISIT = visitDraft('p')
let store: Store
beforeAll(startServer)
afterAll(stopServer)
beforeEach(async () => {
  store = await freshPhone()
  await signedIn()
})

const inDraft = async (draft: string) => (await draftPhotos(ME, draft)).map((row) => row.uuid)
async function shoot(n: number, change: Parameters<typeof shot>[0] = {}): Promise<string[]> {
  const rows = []
  for (let i = 0; i < n; i += 1) rows.push(await keepShot(shot({ ...change }), ME))
  return rows.map((row) => row.uuid)
}

describe('a report that is about a known problem', () => {
  it('gives its photos and words to the visit, and ends', async () => {
    const [plain] = await shoot(1)
    const [after] = await shoot(1, { stage: 'after', site: 's' })
    await keepDraft(ME, REPORT_DRAFT, { words: '又堆上了', category: 'water' })
    await keepDraft(ME, VISIT, { verdict: 'behind', words: '早上' })
    expect(await bringToVisit(ME, 'p', 'during')).toEqual({ moved: 2, left: 0 })
    expect(await inDraft(REPORT_DRAFT)).toEqual([])
    expect(await inDraft(VISIT)).toEqual([plain, after])
    expect((await draftPhotos(ME, VISIT)).map(({ stage, site }) => [stage, site])).toEqual([['during', null], ['after', null]])
    expect(await readDraft(ME, VISIT)).toMatchObject({ verdict: 'behind', words: '早上 又堆上了' })
    expect(await store.drafts.get([ME, REPORT_DRAFT])).toBeUndefined()
    // Once more, as a second tap would: nothing is doubled.
    expect(await bringToVisit(ME, 'p', 'during')).toEqual({ moved: 0, left: 0 })
    expect(await inDraft(VISIT)).toEqual([plain, after])
    expect(((await readDraft(ME, VISIT)).brought as Brought).report).toEqual({ words: '又堆上了', category: 'water' })
  })

  it('leaves in the report what the visit has no room for', async () => {
    await shoot(2, { draft: VISIT })
    const all = await shoot(9)
    await keepDraft(ME, REPORT_DRAFT, { words: '又堆上了' })
    expect(await roomInVisit(ME, 'p')).toEqual({ all: 9, room: 7 })
    expect(await bringToVisit(ME, 'p', 'after')).toEqual({ moved: 7, left: 2 })
    expect(await inDraft(VISIT)).toHaveLength(9)
    expect(await inDraft(REPORT_DRAFT)).toEqual(all.slice(7))
    expect(await readDraft(ME, REPORT_DRAFT)).toEqual({ words: '又堆上了' })
    expect((await readDraft(ME, VISIT)).words).toBe('')
  })

  it('is whole in one place or the other when the phone stops in between', async () => {
    const all = await shoot(3)
    const broken = vi.spyOn(theStore().drafts, 'put').mockRejectedValue(new Error('gone'))
    await expect(bringToVisit(ME, 'p', 'during')).rejects.toThrow('gone')
    broken.mockRestore()
    expect(await inDraft(REPORT_DRAFT)).toEqual(all)
    expect((await draftPhotos(ME, REPORT_DRAFT)).map((row) => row.stage)).toEqual(['before', 'before', 'before'])
    expect(await inDraft(VISIT)).toEqual([])
  })

  it('is there again as it was when it is another problem after all', async () => {
    const [own] = await shoot(1, { draft: VISIT, stage: 'during' })
    const all = [...(await shoot(1)), ...(await shoot(1, { site: 's' }))]
    const fields = { words: '又堆上了', category: 'water', sites: [{ id: 's', name: '桥下', pin: null }] }
    await keepDraft(ME, REPORT_DRAFT, fields)
    await bringToVisit(ME, 'p', 'during')
    expect(((await readDraft(ME, VISIT)).brought as Brought).photos).toHaveLength(2)
    await takeBackToReport(ME, 'p')
    expect(await inDraft(VISIT)).toEqual([own])
    expect((await draftPhotos(ME, REPORT_DRAFT)).map(({ uuid, stage, site }) => [uuid, stage, site])).toEqual([[all[0], 'before', null], [all[1], 'before', 's']])
    expect(await readDraft(ME, REPORT_DRAFT)).toEqual(fields)
    expect(await readDraft(ME, VISIT)).toEqual({ words: '' })
    await takeBackToReport(ME, 'p')
    expect(await inDraft(VISIT)).toEqual([own])
  })

  it('names the stage by how far the problem is', () => {
    expect(['planned', 'rectifying', 'accepting', 'closed', undefined].map(visitStage)).toEqual(['during', 'during', 'after', 'after', 'after'])
  })
})
