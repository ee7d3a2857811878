import { describe, expect, it } from 'vitest'

import { bootstrap } from '../mock/district.mjs'
import { book, checkOfTheDay, dropVisited, loadBook, readBook, readProblem } from '../src/office/book'
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
  const check = (id: string, announced: boolean, released = false, date = '2026-11-25') => ({ id, kind: 'spot_check', announced, released, people: [], date })

  it('is the unannounced one, so that a find is not shown to the town by mistake', () => {
    expect(checkOfTheDay([check('open', true), check('hidden', false)], '2026-11-25')?.id).toBe('hidden')
  })

  it('is the announced one where there is no other', () => {
    expect(checkOfTheDay([check('open', true)], '2026-11-25')?.id).toBe('open')
  })

  it('is none that was released already, and none of another day', () => {
    expect(checkOfTheDay([check('over', false, true), check('later', false, false, '2026-11-26')], '2026-11-25')).toBeUndefined()
  })
})
