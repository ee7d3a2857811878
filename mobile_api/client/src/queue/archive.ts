import { isoWithOffset } from '../office/clock'
import type { BytesRow, DiscardRow, PhotoRow, RecordRow } from '../store/shapes'
import { photoFields } from './tus'
import { ZipWriter } from './zip'

/** One archive stays below this; more goes into a second file. */
const ARCHIVE_BYTES = 1024 * 1024 * 1024

/** What an archive is made of, wherever it was read: the store, or an old store after an upgrade that failed. */
export interface QueueContents {
  records: RecordRow[]
  photos: PhotoRow[]
  discards: DiscardRow[]
  bytes: (uuid: string) => Promise<BytesRow | undefined>
}

export interface ArchiveItem {
  kind: 'report' | 'visit' | 'photo' | 'discarded'
  uuid: string
  person: string
  body: Record<string, unknown>
  /** Digest of the report's or visit's text in `bodies/`, or of the photo's bytes. */
  sha256?: string
  file?: string
}

/**
 * The whole queue as files that the office can load: `manifest.json` names every item; a report's or visit's very text lies
 * in `bodies/`, a photo's bytes in `photos/`, its signed statement in `statements/`.
 */
export async function writeArchives(from: QueueContents, at: Date): Promise<Blob[]> {
  const archives: Blob[] = []
  let zip = new ZipWriter(at)
  let items: ArchiveItem[] = []
  const finish = () => {
    const manifest = { format: 'xungai-phone-archive', version: 1, app: __APP_VERSION__, written_at: isoWithOffset(at), items }
    zip.add({ name: 'manifest.json', data: new TextEncoder().encode(JSON.stringify(manifest, null, 1)) })
    archives.push(zip.close())
    zip = new ZipWriter(at)
    items = []
  }
  for (const row of from.records) {
    const file = `bodies/${row.uuid}.json`
    zip.add({ name: file, data: new TextEncoder().encode(row.bodyText) })
    const body = JSON.parse(row.bodyText) as Record<string, unknown>
    items.push({ kind: row.kind, uuid: row.uuid, person: row.person, body, sha256: row.sha256, file })
  }
  for (const row of from.photos) {
    const data = (await from.bytes(row.uuid))?.data
    if (zip.size + (data?.byteLength ?? 0) > ARCHIVE_BYTES) finish()
    const item: ArchiveItem = { kind: 'photo', uuid: row.uuid, person: row.person, body: photoFields(row), sha256: row.sha256 }
    if (data) {
      item.file = `photos/${row.uuid}.${extension(row.type)}`
      zip.add({ name: item.file, data: new Uint8Array(data) })
    }
    if (row.statement) {
      zip.add({
        name: `statements/${row.uuid}.json`,
        data: new TextEncoder().encode(JSON.stringify({ statement: row.statement, signature: row.signature })),
      })
    }
    items.push(item)
  }
  for (const row of from.discards) {
    const { device, statement, signature } = row
    items.push({ kind: 'discarded', uuid: row.uuid, person: row.person, body: { device, statement, signature } })
  }
  finish()
  return archives
}

function extension(type: string): string {
  const known: Record<string, string> = {
    'image/jpeg': 'jpg',
    'image/png': 'png',
    'image/webp': 'webp',
    'image/heic': 'heic',
    'image/heif': 'heif',
  }
  return known[type] ?? 'bin'
}

/** A file name an office can sort: who, when, which part. */
export function archiveName(person: string, at: Date, part: number, parts: number): string {
  const stamp = isoWithOffset(at).slice(0, 16).replaceAll(/[-:]/g, '').replace('T', '-')
  return `xungai-${person}-${stamp}${parts > 1 ? `-${part + 1}of${parts}` : ''}.zip`
}
