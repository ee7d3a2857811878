// What a phone loads before the first screen works, compressed: the limit is 250 KB for code and styles.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

const LIMIT = 250 * 1024
const dist = new URL('../dist/', import.meta.url).pathname
const walk = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)],
  )
let total = 0
for (const file of walk(dist).filter((name) => /\.(js|css|html)$/.test(name)).sort()) {
  const size = gzipSync(readFileSync(file), { level: 9 }).length
  total += size
  console.log(`${(size / 1024).toFixed(1).padStart(8)} KB  ${file.slice(dist.length)}`)
}
console.log(`${(total / 1024).toFixed(1).padStart(8)} KB  in all, limit ${LIMIT / 1024} KB`)
if (total > LIMIT) {
  console.error('The first load is heavier than allowed.')
  process.exit(1)
}
