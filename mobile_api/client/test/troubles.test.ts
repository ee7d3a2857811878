import { afterEach, describe, expect, it } from 'vitest'

import { troubleWords } from '../src/office/troubles'
import { wordsOf } from '../src/queue/call'
import type { Trouble } from '../src/store/shapes'
import { setLanguage } from '../src/words/language'

const trouble = (change: Partial<Trouble>): Trouble => ({ why: 'refused', words: '', status: 422, ...change })
afterEach(() => setLanguage('zh'))

describe('why something is not sent', () => {
  it('is said once: the server\'s words follow, or stand in the place of, the app\'s', () => {
    expect(troubleWords(trouble({ words: '标题不能为空。' }))).toBe('服务器不收：标题不能为空')
    expect(troubleWords(trouble({ why: 'forbidden', status: 403, words: '您没有权限这样做。' }))).toBe('您没有权限这样做')
    expect(troubleWords(trouble({ why: 'forbidden', status: 403 }))).toBe('没有权限，或问题已看不到')
    expect(troubleWords(trouble({ why: 'forbidden', status: 404, words: '没有找到。' }))).toBe('没有权限，或问题已看不到')
    expect(troubleWords(trouble({ why: 'session', words: '登录已过期' }))).toBe('登录已过期')
    expect(troubleWords(null)).toBe('')
  })

  it('joins several errors as each language does', () => {
    const problem = { errors: [{ message: 'a' }, { message: 'b' }, { message: 'a' }] }
    expect(wordsOf(problem)).toBe('a；b')
    setLanguage('en')
    expect(wordsOf(problem)).toBe('a; b')
  })
})
