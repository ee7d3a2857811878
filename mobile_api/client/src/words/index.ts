import { ref } from 'vue'

import { writeSetting } from '../store/database'
import { en } from './en'
import { type Language, setLanguage } from './language'
import { type Word, zh } from './zh'

export type { Language } from './language'
export type { Word } from './zh'

const dictionaries: Record<Language, Record<Word, string>> = { zh, en }

export const lang = ref<Language>('zh')

/** A word in the chosen language, with its places filled in: `{n}`, and `{n?one:many}` where a language has a plural. */
export function t(word: Word, fill: Record<string, string | number> = {}): string {
  return dictionaries[lang.value][word]
    .replace(/\{(\w+)\?([^:}]*):([^}]*)\}/g, (_, name: string, one: string, many: string) => (Number(fill[name]) === 1 ? one : many))
    .replace(/\{(\w+)\}/g, (_, name: string) => String(fill[name] ?? ''))
}

/** Whether a key made of parts (`status.${…}`) is in the dictionary: servers may know more than this phone. */
export function hasWord(word: string): word is Word {
  return Object.hasOwn(zh, word)
}

export function speak(to: Language): void {
  lang.value = to
  setLanguage(to)
  document.documentElement.lang = to === 'zh' ? 'zh-Hans' : 'en'
}

export async function chooseLanguage(to: Language): Promise<void> {
  speak(to)
  await writeSetting('language', to)
}
