import { call } from '../queue/call'
import { readSetting, theStore, writeSetting } from '../store/database'
import type { KeyRow, SessionRow } from '../store/shapes'

/**
 * This person's key on this phone: made once, not extractable, its public half enrolled. Without an enrolment (no network
 * yet, an older server) photos are kept unsigned, which the server accepts and marks; it is tried again at every start.
 */
export async function enrolPhone(session: SessionRow, phoneName: string): Promise<KeyRow | null> {
  const store = theStore()
  if (await readSetting<boolean>(revokedKey(session.person))) return null
  let row = await store.keys.get(session.person)
  if (!row) {
    const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify'])
    const publicKey = await crypto.subtle.exportKey('jwk', pair.publicKey)
    const fresh: KeyRow = {
      person: session.person,
      device: '',
      name: phoneName,
      privateKey: pair.privateKey,
      publicKey,
      n: 0,
      lastStatement: '',
    }
    // Two tabs may have come here at once: the first key stays. And the phone may have been revoked meanwhile.
    row = await store.transaction('rw', store.keys, store.settings, async () => {
      if ((await store.settings.get(revokedKey(session.person)))?.value) return undefined
      const other = await store.keys.get(session.person)
      if (other) return other
      await store.keys.add(fresh)
      return fresh
    })
    if (!row) return null
  }
  if (row.device) return row
  const { kty, crv, x, y } = row.publicKey
  const answer = await call(session, 'POST', '/api/v1/devices', { json: { name: row.name, public_key: { kty, crv, x, y } } })
  // Revoked before this phone ever heard that it was enrolled: it needs a new key, and gets one at the next signing in.
  if (answer.kind === 'refused' && answer.problem.errors?.some((error) => error.code === 'revoked')) await forgetKey(session.person)
  const id = answer.kind === 'ok' ? (answer.body as { id?: unknown }).id : undefined
  if (typeof id !== 'string' && typeof id !== 'number') return null
  await store.keys.update(session.person, { device: String(id) })
  return { ...row, device: String(id) }
}

const revokedKey = (person: string) => `revoked ${person}`

/** This phone was revoked by its person: it signs no more until they sign in anew, and then with a new key and chain. */
export async function forgetKey(person: string): Promise<void> {
  const store = theStore()
  await store.transaction('rw', store.keys, store.settings, async () => {
    await store.settings.put({ key: revokedKey(person), value: true })
    await store.keys.delete(person)
  })
}

/** Signing in is a person's own deed: the phone may be enrolled again. */
export async function allowKey(person: string): Promise<void> {
  await writeSetting(revokedKey(person), false)
}
