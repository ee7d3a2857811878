import { crc32 } from '../src/queue/zip'

/** Read a stored zip by its directory, checking every sum: a reader of its own, so that the writer is not its own judge. */
export async function unzip(blob: Blob): Promise<Map<string, Uint8Array>> {
  const bytes = new Uint8Array(await blob.arrayBuffer())
  const view = new DataView(bytes.buffer)
  const end = bytes.length - 22
  if (view.getUint32(end, true) !== 0x06054b50) throw new Error('no end of directory')
  const files = new Map<string, Uint8Array>()
  let at = view.getUint32(end + 16, true)
  for (let i = 0; i < view.getUint16(end + 10, true); i += 1) {
    if (view.getUint32(at, true) !== 0x02014b50) throw new Error('no entry')
    const [crc, size, nameLength, offset] = [view.getUint32(at + 16, true), view.getUint32(at + 24, true), view.getUint16(at + 28, true), view.getUint32(at + 42, true)]
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength))
    if (view.getUint32(offset, true) !== 0x04034b50) throw new Error('no local header')
    const start = offset + 30 + view.getUint16(offset + 26, true)
    const data = bytes.slice(start, start + size)
    if (crc32(data) !== crc) throw new Error(`${name}: wrong sum`)
    files.set(name, data)
    at += 46 + nameLength
  }
  return files
}
