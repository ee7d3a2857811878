import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { allowKey, enrolPhone } from '../src/capture/keys'
import { call } from '../src/queue/call'
import { type Store, theStore } from '../src/store/database'
import { freshPhone, signedIn, startServer, stopServer } from './phone'

let store: Store
beforeAll(startServer)
afterAll(stopServer)
beforeEach(async () => {
  store = await freshPhone()
})

describe('enrolling', () => {
  it('is one phone at the office when the answer to the first try was lost', async () => {
    const session = await signedIn()
    const first = (await store.keys.get('inspector'))?.device
    await store.keys.update('inspector', { device: '' })
    expect((await enrolPhone(session, 'test phone'))?.device).toBe(first)
  })

  it('ends with a key that was revoked before the phone knew its number, and signing in makes a new one', async () => {
    const session = await signedIn()
    const first = await store.keys.get('inspector')
    await call(session, 'DELETE', `/api/v1/devices/${first?.device}`)
    await store.keys.update('inspector', { device: '' })
    expect(await enrolPhone(session, 'test phone')).toBeNull()
    expect(await theStore().keys.get('inspector')).toBeUndefined()
    await allowKey('inspector')
    const again = await enrolPhone(session, 'test phone')
    expect(again?.device).toBeTruthy()
    expect(again?.publicKey.x).not.toBe(first?.publicKey.x)
  })
})
