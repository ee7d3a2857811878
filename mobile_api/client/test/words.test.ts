import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { lang, t } from '../src/words'
import { en } from '../src/words/en'
import { zh } from '../src/words/zh'

const places = (text: string) => [...new Set([...text.matchAll(/\{(\w+)[?}]/g)].map((match) => match[1]))].sort()

describe('the dictionary', () => {
  it('has every key in both languages', () => {
    expect(Object.keys(en)).toEqual(Object.keys(zh))
  })
  it('leaves no word empty', () => {
    for (const [key, word] of [...Object.entries(zh), ...Object.entries(en)]) expect(word.length, key).toBeGreaterThan(0)
  })
  it('fills in the same places in both languages', () => {
    for (const key of Object.keys(zh) as (keyof typeof zh)[]) expect(places(en[key]), key).toEqual(places(zh[key]))
  })
  it('has no Chinese in the English words but the name of the other language', () => {
    for (const [key, word] of Object.entries(en)) if (key !== 'login.language') expect(word, key).not.toMatch(/[\u4e00-\u9fff]/)
  })
  it('is the only place with words: no Chinese stands in a component or module', () => {
    const files = readdirSync('src', { recursive: true }).map(String).filter((name) => /\.(vue|ts)$/.test(name) && !name.startsWith('words'))
    for (const name of files) {
      const text = readFileSync(join('src', name), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
      expect(text.replace('中文', ''), name).not.toMatch(/[\u4e00-\u9fff]/)
    }
  })
  it('knows every hint that the server gives, and no other', () => {
    const source = readFileSync('../serializers/submissions.py', 'utf8')
    const given = /^HINTS = \{\n([\s\S]*?)^\}/m.exec(source)?.[1] ?? ''
    const codes = [...given.matchAll(/^ {4}"(\w+)":/gm)].map((match) => match[1])
    expect(codes.length).toBeGreaterThan(4)
    const known = Object.keys(zh).filter((key) => key.startsWith('queue.hint.')).map((key) => key.slice('queue.hint.'.length))
    expect(known.sort()).toEqual(codes.sort())
  })
  it('writes brackets and colons as each language does: none stands in a component', () => {
    for (const word of Object.values(en)) expect(word).not.toMatch(/[（）：，。；“”]/)
    const vues = readdirSync('src', { recursive: true }).map(String).filter((name) => name.endsWith('.vue'))
    for (const name of vues) expect(readFileSync(join('src', name), 'utf8'), name).not.toMatch(/[（）：，。；]/)
  })
  it('speaks singular and plural in English', () => {
    lang.value = 'en'
    expect(t('tasks.left', { n: 1 })).toBe('1 day left')
    expect(t('tasks.left', { n: 6 })).toBe('6 days left')
    lang.value = 'zh'
    expect(t('tasks.left', { n: 6 })).toBe('剩 6 天')
  })
})
