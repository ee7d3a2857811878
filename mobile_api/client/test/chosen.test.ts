import { describe, expect, it } from 'vitest'

import { chosenWords, type Lost, whyLost } from '../src/capture/keptWords'
import { NotKept } from '../src/capture/shutter'
import { zh } from '../src/words/zh'

describe('what became of chosen files', () => {
  it('is silent when all are kept', () => {
    expect(chosenWords(3, [], 0)).toBe('')
  })
  it('says of a single one why it is not kept and what to do', () => {
    expect(chosenWords(0, ['unreadable'], 0)).toBe(zh['shoot.failed.unreadable'])
  })
  it('says how many were kept, how many not and why, and how many are beyond the most', () => {
    expect(chosenWords(3, ['unreadable'], 2)).toBe('已收下 3 张；1 张读不出来，请重新选；一次最多 9 张，还有 2 张没收')
    expect(chosenWords(1, ['type', 'empty', 'type'], 0)).toBe('已收下 1 张；2 张不是照片，请重新选；1 张是空文件，请换一张')
    expect(chosenWords(0, ['large', 'large'], 0)).toBe('一张也没收下；2 张超过 60 MB，服务器不收')
    expect(chosenWords(0, [], 4)).toBe('一张也没收下；一次最多 9 张，还有 4 张没收')
  })
  it('has words for every reason, alone and among others', () => {
    const all: Lost[] = ['unreadable', 'empty', 'type', 'large', 'full', 'changed', 'store']
    for (const why of all) for (const kept of [0, 1]) expect(chosenWords(kept, [why], 0).length).toBeGreaterThan(5)
  })
  it('knows a full store, an empty picture and bytes that changed from a store that cannot be opened', () => {
    expect(whyLost(Object.assign(new Error(''), { name: 'QuotaExceededError' }))).toBe('full')
    expect(whyLost(new NotKept('empty'))).toBe('empty')
    expect(whyLost(new NotKept('bytes_lost'))).toBe('changed')
    expect(whyLost(new Error('closed'))).toBe('store')
  })
})
