import { reactive } from 'vue'

import { allowKey, enrolPhone } from '../capture/keys'
import { type Answer, call } from '../queue/call'
import { readSetting, theStore, writeSetting } from '../store/database'
import type { SessionRow } from '../store/shapes'

/** Who is signed in on this phone. Their queue stays theirs: signing out hides it, and another person never sees it. */
export const session = reactive({ person: '', name: '', over: false })

export async function loadSession(): Promise<void> {
  const person = await readSetting<string>('person')
  const row = person ? await theStore().sessions.get(person) : undefined
  show(row)
}

function show(row: SessionRow | undefined): void {
  session.person = row?.person ?? ''
  session.name = row?.name ?? ''
  session.over = row?.over ?? false
}

/** Look again whether the queue found the token dead. */
export async function refreshSession(): Promise<void> {
  if (session.person) show(await theStore().sessions.get(session.person))
}

export async function signIn(username: string, password: string): Promise<Answer> {
  const answer = await call(null, 'POST', '/api/v1/login', { json: { username, password } })
  if (answer.kind !== 'ok') return answer
  const body = (answer.body ?? {}) as { token?: unknown; expires?: unknown }
  if (typeof body.token !== 'string') return { kind: 'again', trouble: { why: 'portal', words: '', status: answer.status }, retryAfterMs: 0 }
  const row: SessionRow = { person: username, name: username, token: body.token, expires: String(body.expires ?? ''), over: false }
  const me = await call(row, 'GET', '/api/v1/me')
  if (me.kind === 'ok') {
    const who = me.body as { username?: string; name?: string }
    row.person = who.username ?? username
    row.name = who.name || row.person
  }
  await theStore().sessions.put(row)
  await writeSetting('person', row.person)
  show(row)
  await allowKey(row.person)
  await enrolPhone(row, phoneName())
  return answer
}

export async function currentSession(): Promise<SessionRow | undefined> {
  return session.person ? await theStore().sessions.get(session.person) : undefined
}

/** Take the token off the phone. The queue, the drafts and the key stay, and wait for the same person. */
export async function signOut(): Promise<void> {
  const row = await currentSession()
  if (row && !row.over) void call(row, 'POST', '/api/v1/logout')
  if (row) await theStore().sessions.delete(row.person)
  await writeSetting('person', '')
  show(undefined)
}

/** A name by which a person knows the phone again: the system and browser, nothing that tells more. */
export function phoneName(agent = navigator.userAgent): string {
  const system = /iPhone|iPad/.exec(agent)?.[0] ?? /Android [\d.]+/.exec(agent)?.[0] ?? /Windows|Mac OS X|Linux/.exec(agent)?.[0] ?? 'phone'
  const browser = /MicroMessenger|HuaweiBrowser|EdgA?|Firefox|Chrome|Safari/.exec(agent)?.[0] ?? ''
  return [system, browser.replace('MicroMessenger', 'WeChat').replace('EdgA', 'Edge')].filter(Boolean).join(' ')
}
