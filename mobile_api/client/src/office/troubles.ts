import type { Trouble } from '../store/shapes'
import { t } from '../words'

const bare = (words: string) => words.trim().replace(/[。．.]+$/, '')

/** Why something is not sent: the app's words, and the server's own where those say more. Nothing is said twice. */
export function troubleWords(trouble: Trouble | null): string {
  if (!trouble) return ''
  const own = t(`trouble.${trouble.why}`)
  const said = bare(trouble.words)
  if (trouble.why === 'forbidden') return trouble.status === 403 && said ? said : own
  return !said || own.includes(said) ? own : `${own}${t('app.colon')}${said}`
}
