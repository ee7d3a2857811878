import { theStore } from '../store/database'

const EDGE = 320

/** A small derived picture for lists, made after the tick; the original is never touched. Null where it cannot be decoded. */
export async function thumbOf(uuid: string): Promise<Blob | null> {
  const store = theStore()
  const kept = await store.thumbs.get(uuid)
  if (kept) return kept.data.byteLength ? new Blob([kept.data], { type: 'image/jpeg' }) : null
  const small = await inTurn(async () => {
    const original = await store.bytes.get(uuid)
    return original ? await shrink(new Blob([original.data])) : undefined
  })
  if (small === undefined) return null
  // An empty row says "cannot be decoded", so that a 60-megapixel picture is not tried at every drawing.
  const data = small ? await small.arrayBuffer() : new ArrayBuffer(0)
  await store.thumbs.put({ uuid, data }).catch(() => undefined)
  return small
}

let last: Promise<unknown> = Promise.resolve()

/** One at a time: two hundred originals decoded at once would take the phone's memory. */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const mine = last.then(work, work)
  last = mine.catch(() => undefined)
  return mine
}

async function shrink(blob: Blob): Promise<Blob | null> {
  try {
    const full = await createImageBitmap(blob, { resizeWidth: EDGE, resizeQuality: 'medium' })
    const canvas = document.createElement('canvas')
    canvas.width = full.width
    canvas.height = full.height
    canvas.getContext('2d')?.drawImage(full, 0, 0)
    full.close()
    return await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.7))
  } catch {
    return null
  }
}
