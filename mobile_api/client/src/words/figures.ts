import type { KnownProblem } from '../office/book'
import { t } from '.'

/** Metres as people say them: 80 m, 320 m, 1.8 km, 12 km. */
export function metres(value: number): string {
  if (value < 1000) return t('app.meters', { n: value < 100 ? Math.round(value) : Math.round(value / 10) * 10 })
  return t('app.kilometers', { n: value < 10_000 ? (value / 1000).toFixed(1) : Math.round(value / 1000) })
}

/** How long something has waited. */
export function age(ms: number): string {
  const minutes = Math.max(1, Math.floor(ms / 60_000))
  if (minutes < 60) return t('age.minutes', { n: minutes })
  if (minutes < 48 * 60) return t('age.hours', { n: Math.floor(minutes / 60) })
  return t('age.days', { n: Math.floor(minutes / 1440) })
}

/** How far two clocks are apart, rounded as a person would: a clock a few seconds short of a day off is a day off. */
export function apart(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000))
  if (minutes < 60) return t('age.minutes', { n: minutes })
  const days = Math.round(minutes / 1440)
  if (days && (minutes >= 48 * 60 || Math.abs(minutes - days * 1440) <= 30)) return t('age.days', { n: days })
  return t('age.hours', { n: Math.ceil(minutes / 60 - 0.5) })
}

const two = (value: number) => String(value).padStart(2, '0')

/** 11-26, or 2027-01-03 when it is another year. */
export function shortDate(value: string | number | Date, now = new Date()): string {
  const date = new Date(value)
  if (Number.isNaN(date.getTime())) return ''
  const day = `${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return date.getFullYear() === now.getFullYear() ? day : `${date.getFullYear()}-${day}`
}

/** 09:12, or with the day when it was another one. */
export function clockTime(value: string | number | Date, now = new Date()): string {
  const date = new Date(value)
  if (Number.isNaN(date.getTime())) return ''
  const time = `${two(date.getHours())}:${two(date.getMinutes())}`
  return date.toDateString() === now.toDateString() ? time : `${shortDate(date, now)} ${time}`
}

/** Days from today to a date; negative when it has passed. */
export function daysUntil(date: string, now = new Date()): number {
  const [year, month, day] = date.slice(0, 10).split('-').map(Number)
  const then = Date.UTC(year ?? 0, (month ?? 1) - 1, day ?? 1)
  return Math.round((then - Date.UTC(now.getFullYear(), now.getMonth(), now.getDate())) / 86_400_000)
}

export function daysLeftWords(days: number): string {
  return days === 0 ? t('tasks.today') : days > 0 ? t('tasks.left', { n: days }) : t('tasks.late', { n: -days })
}

/** The light of a problem in words; the figures are the server's, made older by the days since. */
export function lightWords(problem: KnownProblem): string {
  const left = problem.deadline ? daysUntil(problem.deadline) : problem.daysLeft
  switch (problem.light) {
    case 'red':
      return left !== null && left < 0 ? t('light.overdue', { n: -left }) : t('light.farBehind')
    case 'yellow':
      return left !== null && left >= 0 && left <= 30 ? t('light.soon', { n: left }) : t('light.behind')
    case 'green':
      return left !== null && left >= 0 ? t('light.fine', { n: left }) : t('light.fineOnly')
    case 'grey':
      return t('light.closed')
    default:
      return t('light.none')
  }
}
