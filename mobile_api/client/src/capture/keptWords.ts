import { isFull } from '../store/database'
import { t } from '../words'
import { MOST_PHOTOS } from './drafts'
import { NotKept } from './shutter'

/** Why a picture is not on the phone. */
export type Lost = 'unreadable' | 'empty' | 'type' | 'large' | 'full' | 'changed' | 'store'

export function whyLost(error: unknown): Lost {
  if (isFull(error)) return 'full'
  if (error instanceof NotKept) return error.message === 'empty' ? 'empty' : 'changed'
  return 'store'
}

/** What became of the files that were chosen; empty when all are kept. `over` are those beyond the most that one report takes. */
export function chosenWords(kept: number, lost: Lost[], over: number): string {
  const [only] = lost
  if (!only && !over) return ''
  if (only && lost.length === 1 && !kept && !over) return t(`shoot.failed.${only}`)
  const parts = [kept ? t('shoot.chosen.kept', { n: kept }) : t('shoot.chosen.none')]
  for (const why of new Set(lost)) parts.push(t(`shoot.chosen.${why}`, { n: lost.filter((one) => one === why).length }))
  if (over) parts.push(t('shoot.chosen.over', { n: over, most: MOST_PHOTOS }))
  return parts.join(t('shoot.chosen.join'))
}
