/** A zip of stored (uncompressed) files: photos do not shrink, and every office PC opens it. Below 4 GB and 65,535 files. */
export interface ZipFile {
  name: string
  data: Uint8Array<ArrayBuffer>
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n
  for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
  return c >>> 0
})

export function crc32(data: Uint8Array): number {
  let c = 0xffffffff
  for (const byte of data) c = (CRC_TABLE[(c ^ byte) & 0xff] as number) ^ (c >>> 8)
  return (c ^ 0xffffffff) >>> 0
}

/** Collects files one at a time, so that only blobs (which the browser may keep on disk) hold the pictures. */
export class ZipWriter {
  private readonly parts: Blob[] = []
  private readonly directory: Uint8Array<ArrayBuffer>[] = []
  private offset = 0
  private readonly dosTime: number

  constructor(at: Date) {
    const time = (at.getHours() << 11) | (at.getMinutes() << 5) | (at.getSeconds() >> 1)
    const date = ((at.getFullYear() - 1980) << 9) | ((at.getMonth() + 1) << 5) | at.getDate()
    this.dosTime = ((date << 16) | time) >>> 0
  }

  get size(): number {
    return this.offset
  }

  add({ name, data }: ZipFile): void {
    const path = new TextEncoder().encode(name)
    const crc = crc32(data)
    const local = new DataView(new ArrayBuffer(30))
    local.setUint32(0, 0x04034b50, true)
    local.setUint16(4, 20, true)
    local.setUint16(6, 0x0800, true) // names are UTF-8
    local.setUint32(10, this.dosTime, true)
    local.setUint32(14, crc, true)
    local.setUint32(18, data.byteLength, true)
    local.setUint32(22, data.byteLength, true)
    local.setUint16(26, path.byteLength, true)
    this.parts.push(new Blob([local, path, data]))
    const entry = new DataView(new ArrayBuffer(46))
    entry.setUint32(0, 0x02014b50, true)
    entry.setUint16(4, 20, true)
    entry.setUint16(6, 20, true)
    entry.setUint16(8, 0x0800, true)
    entry.setUint32(12, this.dosTime, true)
    entry.setUint32(16, crc, true)
    entry.setUint32(20, data.byteLength, true)
    entry.setUint32(24, data.byteLength, true)
    entry.setUint16(28, path.byteLength, true)
    entry.setUint32(42, this.offset, true)
    this.directory.push(new Uint8Array(entry.buffer), path)
    this.offset += 30 + path.byteLength + data.byteLength
  }

  close(): Blob {
    const length = this.directory.reduce((sum, part) => sum + part.byteLength, 0)
    const files = this.directory.length / 2
    const end = new DataView(new ArrayBuffer(22))
    end.setUint32(0, 0x06054b50, true)
    end.setUint16(8, files, true)
    end.setUint16(10, files, true)
    end.setUint32(12, length, true)
    end.setUint32(16, this.offset, true)
    return new Blob([...this.parts, ...this.directory, end], { type: 'application/zip' })
  }
}
