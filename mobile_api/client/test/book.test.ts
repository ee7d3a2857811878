import { describe, expect, it } from 'vitest'

import { bootstrap } from '../mock/district.mjs'
import { type Book, book, checkOfTheDay, dropVisited, loadBook, readBook, readProblem } from '../src/office/book'
import { Store, useStore } from '../src/store/database'

describe('the bootstrap answer', () => {
  it('becomes areas, tasks and problems', () => {
    const book = readBook(bootstrap({}), 5)
    expect(book.areas.map((area) => area.name)).toContain('九龙园区')
    expect(book.protectedAreas).toHaveLength(1)
    expect(book.tasks).toHaveLength(3)
    expect(book.tasks[2]).toMatchObject({ kind: 'look_back', announced: false, released: false, people: ['inspector', 'second'] })
    const [first] = book.problems
    expect(first).toMatchObject({ number: '2026-087', light: 'red', goal: '清完垃圾、恢复岸坡', percent: 90 })
    expect(first?.measures.map((one) => one.text)).toEqual(['清运 40 方', '复绿 600 ㎡', '围栏和监控'])
    expect(first?.photos[0]).toMatchObject({ stage: 'before', heading: 8 })
  })
  it('of another shape stops nothing', () => {
    for (const data of [null, undefined, 5, 'x', [], { areas: 7, tasks: [null, 3], problems: { features: [{}] }, units: 'no' }]) {
      expect(() => readBook(data, 0)).not.toThrow()
    }
  })
  it('takes problems as features or plain, and photos without an address', () => {
    const plain = readProblem({ id: 'p', title: 't', location: { type: 'Point', coordinates: [1, 2] }, photos: [{ id: 'a', stage: 'before' }] })
    expect(plain).toMatchObject({ id: 'p', at: [1, 2], light: null })
    expect(plain.photos[0]?.url).toBe('/api/v1/photos/a/file?size=thumb')
  })
  it('leaves out a stop that was visited, as the server says or as this phone knows', async () => {
    const store = new Store('book')
    useStore(store)
    const data = bootstrap({}) as { tasks: Record<string, unknown>[] }
    const [first, second] = data.tasks as { id: string; problems: string[] }[]
    await store.books.put({ person: 'inspector', etag: '', fetchedAt: 1, data: { ...data, tasks: [{ ...first, visited: first?.problems }, ...data.tasks.slice(1)] } })
    await loadBook('inspector')
    expect(book.tasks).toHaveLength(2)
    const body = JSON.stringify({ inspection: second?.id, problem: second?.problems[0] })
    await store.records.put({ uuid: 'v', person: 'inspector', kind: 'visit', bodyText: body } as never)
    await dropVisited('inspector')
    expect(book.tasks.map((task) => task.kind)).toEqual(['look_back'])
    await dropVisited('second')
    expect(book.tasks).toHaveLength(1)
  })
})

describe('the check of the day', () => {
  const TODAY = '2026-11-25'
  const check = (id: string, change: Partial<Book['inspections'][number]> = {}) => ({ id, kind: 'spot_check', announced: true, released: false, ledBy: '', people: ['inspector'], date: TODAY, ...change })
  const ofToday = (...checks: Book['inspections']) => checkOfTheDay(checks, TODAY, 'inspector')?.id

  it('is the unannounced one, so that a find is not shown to the town by mistake', () => {
    expect(ofToday(check('open'), check('hidden', { announced: false }))).toBe('hidden')
  })

  it('is the announced one where there is no other', () => {
    expect(ofToday(check('open'))).toBe('open')
  })

  it('is none that was released already, and none of another day', () => {
    expect(ofToday(check('over', { announced: false, released: true }), check('later', { date: '2026-11-26' }))).toBeUndefined()
  })

  it('is none of other people; whoever leads it takes part', () => {
    expect(ofToday(check('theirs', { people: ['second'] }))).toBeUndefined()
    expect(ofToday(check('led', { people: [], ledBy: 'inspector' }))).toBe('led')
  })

  it('is none that goes back to known problems', () => {
    for (const kind of ['look_back', 'oversight', 'site_check']) expect(ofToday(check('back', { kind, announced: false }))).toBeUndefined()
    for (const kind of ['special_inspection', 'self_check', 'campaign']) expect(ofToday(check('found', { kind }))).toBe('found')
  })

  it('reads who leads an inspection', () => {
    const data = { tasks: [{ id: 'a', kind: 'spot_check', led_by: 'inspector', people: [], problems: [] }] }
    expect(readBook(data, 1).inspections[0]).toMatchObject({ id: 'a', ledBy: 'inspector' })
  })
})
