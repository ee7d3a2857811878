import { describe, expect, it } from 'vitest'

import { clockWords, flaws, type PhoneLine, readPhones } from '../src/office/phones'

const [phone] = readPhones({
  devices: [{ id: 'd', name: 'Android 14 Chrome', created_at: 'x', revoked_at: null, waiting: 2, gaps: [[12, 14], [17, 17]], forks: [9], doubts: [{ n: 7, state: 'bad', detail: '签名不对' }], clock_offset_s: -5400, clock_seen_at: 'x' }],
})

describe('the page of phones', () => {
  it('names each gap, fork and doubt with its numbers', () => {
    if (!phone) throw new Error('no phone')
    expect(flaws(phone)).toEqual(['缺第 12–14 号、第 17 号', '第 9 号有两份，或接不上前一号', '第 7 号：签名不对'])
    expect(flaws({ ...phone, gaps: [], forks: [], doubts: [] })).toEqual([])
  })
  it('names the first of many and how many there are', () => {
    if (!phone) throw new Error('no phone')
    expect(flaws({ ...phone, gaps: [], doubts: [], forks: [1, 2, 3, 4, 5, 6, 7] })[0]).toContain('第 5 号等 7 处')
  })
  it('says how far the clock is off, and which way', () => {
    if (!phone) throw new Error('no phone')
    expect(clockWords(phone)).toMatchObject({ off: true, words: expect.stringContaining('时间快 1 小时') })
    expect(clockWords({ ...phone, clockOffsetS: 300 })?.words).toContain('时间慢 5 分钟')
    expect(clockWords({ ...phone, clockOffsetS: 3 })).toMatchObject({ off: false })
    expect(clockWords({ ...phone, clockOffsetS: null })).toBeNull()
  })
  it('rounds a clock as a person would: whole days are days', () => {
    const apart = (hours: number) => clockWords({ ...(phone as PhoneLine), clockOffsetS: hours * 3600 })?.words
    expect(apart(24)).toContain('慢 1 天（')
    expect(apart(23.999)).toContain('慢 1 天（')
    expect(apart(26)).toContain('慢 26 小时')
    expect(apart(71.6)).toContain('慢 3 天')
    expect(apart(0.99)).toContain('慢 59 分钟')
  })
  it('says when it was last used', () => {
    expect(readPhones([{ id: 'd', heard_at: '2026-11-24T10:00:00+08:00' }, { id: 'e', heard_at: null }]).map((one) => one.heardAt)).toEqual(['2026-11-24T10:00:00+08:00', ''])
  })
  it('of another shape stops nothing', () => {
    for (const body of [null, 7, {}, { devices: [null, {}] }, 'x']) expect(readPhones(body)).toEqual([])
    expect(readPhones([{ id: 5, gaps: 'x', forks: [null], doubts: null }])[0]).toMatchObject({ id: '5', gaps: [], forks: [], doubts: [] })
  })
})
