import type { Book } from '../office/book'
import { hasWord, t } from '../words'

type Check = Book['inspections'][number]

/** Unannounced and not released: nobody but its team may know of it. */
export const isHidden = (check: Pick<Check, 'announced' | 'released'>): boolean => !check.announced && !check.released

/** A check as people call it: its day, its kind, and whether it is still hidden. */
export function checkWords(check: Check): string {
  const word = `kind.${check.kind}`
  const kind = hasWord(word) ? t(word) : check.kind
  const [, month, day] = (check.date ?? '').slice(0, 10).split('-').map(Number)
  const named = month && day ? t('sheet.checkOf', { month, day, kind }) : kind
  return isHidden(check) ? t('sheet.checkHidden', { check: named }) : named
}
