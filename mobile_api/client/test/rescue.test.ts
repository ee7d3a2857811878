import Dexie from 'dexie'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { keepShot } from '../src/capture/shutter'
import { writeArchives } from '../src/queue/archive'
import { Store, useStore } from '../src/store/database'
import { contentsOf, openStore } from '../src/store/rescue'
import { freshPhone, report, shot, signedIn, startServer, stopServer } from './phone'
import { unzip } from './unzip'

beforeAll(startServer)
afterAll(stopServer)

class Upgraded extends Store {
  constructor(name: string, upgrade: () => void) {
    super(name)
    this.version(2).stores({ extra: 'id' }).upgrade(upgrade)
  }
}

describe('an upgrade of the store', () => {
  it('keeps thirty unsent items', async () => {
    const old = await freshPhone()
    await signedIn()
    for (let i = 0; i < 30; i += 1) await report()
    old.close()
    const next = new Upgraded(old.name, () => undefined)
    expect((await openStore(next)).kind).toBe('open')
    expect(await next.records.count()).toBe(30)
    expect(await next.bytes.count()).toBe(30)
  })

  it('that throws leaves the old store readable, whole, and fit for saving to a file', async () => {
    const old = await freshPhone()
    await signedIn()
    const { record, photos } = await report('inspector', 2)
    await keepShot(shot(), 'inspector')
    old.close()
    const opened = await openStore(
      new Upgraded(old.name, () => {
        throw new Error('a mistake in the upgrade')
      }),
    )
    if (opened.kind !== 'old') throw new Error(`opened as ${opened.kind}`)
    const contents = await contentsOf(opened.old, 'inspector')
    const [archive] = await writeArchives(contents, new Date())
    const files = await unzip(archive as Blob)
    expect(new TextDecoder().decode(files.get(`bodies/${record.uuid}.json`))).toBe(record.bodyText)
    for (const photo of photos) expect(files.get(`photos/${photo.uuid}.jpg`)?.byteLength).toBe(photo.size)
    expect([...files.keys()].filter((name) => name.startsWith('photos/'))).toHaveLength(3)
    opened.old.close()
    // The next version, with the mistake mended, finds everything as it was.
    const mended = new Upgraded(old.name, () => undefined)
    expect((await openStore(mended)).kind).toBe('open')
    expect(await mended.photos.count()).toBe(3)
  })

  it('says so when there is no store at all', async () => {
    class Broken extends Store {
      override open(): never {
        throw new Error('denied')
      }
    }
    const original = Dexie.prototype.open
    Dexie.prototype.open = (() => {
      throw new Error('denied')
    }) as typeof original
    try {
      expect((await openStore(new Broken('none'))).kind).toBe('none')
    } finally {
      Dexie.prototype.open = original
      useStore(null)
    }
  })
})
