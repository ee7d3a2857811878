import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { sha256Hex } from '../src/capture/digest'
import { discardShot, keepShot } from '../src/capture/shutter'
import { archiveName, writeArchives } from '../src/queue/archive'
import { crc32 } from '../src/queue/zip'
import type { Store } from '../src/store/database'
import { contentsOf } from '../src/store/rescue'
import { freshPhone, report, shot, signedIn, startServer, stopServer } from './phone'
import { unzip } from './unzip'

let store: Store
beforeAll(startServer)
afterAll(stopServer)
beforeEach(async () => {
  store = await freshPhone()
  await signedIn()
})

describe('save to file', () => {
  it('holds every unsent item: the body as sent, the bytes, the statement', async () => {
    const { record, photos } = await report('inspector', 2)
    const [blob] = await writeArchives(await contentsOf(store, 'inspector'), new Date())
    const files = await unzip(blob as Blob)
    const manifest = JSON.parse(new TextDecoder().decode(files.get('manifest.json')))
    expect(manifest.items).toHaveLength(3)
    expect(manifest.items[0]).toMatchObject({ kind: 'report', uuid: record.uuid, person: 'inspector', body: JSON.parse(record.bodyText), sha256: record.sha256 })
    expect(await sha256Hex(files.get(manifest.items[0].file) as Uint8Array<ArrayBuffer>)).toBe(record.sha256)
    for (const photo of photos) {
      const item = manifest.items.find((one: { uuid: string }) => one.uuid === photo.uuid)
      expect(item).toMatchObject({ kind: 'photo', person: 'inspector', body: { sha256: photo.sha256, stage: 'before', source: 'camera', statement: photo.statement } })
      expect(await sha256Hex(files.get(item.file) as Uint8Array<ArrayBuffer>)).toBe(photo.sha256)
      expect(JSON.parse(new TextDecoder().decode(files.get(`statements/${photo.uuid}.json`)))).toEqual({ statement: photo.statement, signature: expect.stringMatching(/^[\w-]{86}$/) })
    }
  })
  it('leaves out what the server has confirmed, and what belongs to another person', async () => {
    const mine = await report()
    await signedIn('second')
    await report('second')
    await store.photos.update(mine.photos[0]?.uuid as string, { state: 'received' })
    await store.records.update(mine.record.uuid, { state: 'received' })
    const contents = await contentsOf(store, 'inspector')
    expect(contents.records).toEqual([])
    expect(contents.photos).toEqual([])
    expect((await contentsOf(store, 'second')).records).toHaveLength(1)
  })
  it('takes along photos still in a draft, and the statements of shots thrown away', async () => {
    await keepShot(shot(), 'inspector')
    const gone = await keepShot(shot(), 'inspector')
    await discardShot(gone.uuid)
    const [blob] = await writeArchives(await contentsOf(store, 'inspector'), new Date())
    const manifest = JSON.parse(new TextDecoder().decode((await unzip(blob as Blob)).get('manifest.json')))
    expect(manifest.items.map((one: { kind: string }) => one.kind)).toEqual(['photo', 'discarded'])
  })
  it('names an item whose bytes the system removed, without a file', async () => {
    const { photos } = await report()
    await store.bytes.delete(photos[0]?.uuid as string)
    const [blob] = await writeArchives(await contentsOf(store, 'inspector'), new Date())
    const manifest = JSON.parse(new TextDecoder().decode((await unzip(blob as Blob)).get('manifest.json')))
    expect(manifest.items[1].file).toBeUndefined()
  })
  it('is opened by another reader of zip files', async () => {
    await report('inspector', 3)
    const [blob] = await writeArchives(await contentsOf(store, 'inspector'), new Date())
    const folder = mkdtempSync(join(tmpdir(), 'archive-'))
    try {
      writeFileSync(join(folder, 'a.zip'), new Uint8Array(await (blob as Blob).arrayBuffer()))
      expect(execFileSync('python3', ['-m', 'zipfile', '-t', join(folder, 'a.zip')]).toString()).toContain('Done testing')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
  it('sums as zip does, and names the file by person and time', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926)
    expect(archiveName('inspector', new Date(2026, 10, 24, 9, 5), 0, 1)).toBe('xungai-inspector-20261124-0905.zip')
    expect(archiveName('inspector', new Date(2026, 10, 24, 9, 5), 1, 2)).toBe('xungai-inspector-20261124-0905-2of2.zip')
  })
})
