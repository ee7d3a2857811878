import { contentsOf } from '../store/rescue'
import type Dexie from 'dexie'

import { archiveName, writeArchives } from './archive'

/** Hand the queue out as files: by the share sheet where files can be shared, else as a download. Gives how many. */
export async function saveToFile(store: Dexie, person: string): Promise<number> {
  const contents = await contentsOf(store, person)
  if (!contents.records.length && !contents.photos.length) return 0
  const at = new Date()
  const blobs = await writeArchives(contents, at)
  const files = blobs.map((blob, part) => new File([blob], archiveName(person || 'phone', at, part, blobs.length), { type: 'application/zip' }))
  if (await shared(files)) return files.length
  for (const file of files) {
    const url = URL.createObjectURL(file)
    const link = document.createElement('a')
    link.href = url
    link.download = file.name
    document.body.append(link)
    link.click()
    link.remove()
    setTimeout(() => URL.revokeObjectURL(url), 60_000)
  }
  return files.length
}

async function shared(files: File[]): Promise<boolean> {
  if (!matchMedia('(pointer: coarse)').matches || !navigator.canShare?.({ files })) return false
  try {
    await navigator.share({ files })
    return true
  } catch (error) {
    // Closing the share sheet is an answer too; anything else falls back to the download.
    return error instanceof Error && error.name === 'AbortError'
  }
}
