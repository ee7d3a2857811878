export type Language = 'zh' | 'en'

let current: Language = 'zh'

/** The language tag the server is asked to answer in. Plain, so that the service worker can use it too. */
export function language(): string {
  return current === 'zh' ? 'zh-hans' : 'en'
}

export function setLanguage(to: Language): void {
  current = to
}
