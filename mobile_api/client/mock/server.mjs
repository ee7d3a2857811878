// A small server that answers as the contract says, for developing the phone app and for browser tests with faults.
// It keeps everything in memory. `node mock/server.mjs [port]`; the built app is served at /m/.
//
//   POST /mock/faults  [{match: "PUT /api/v1/reports", do: "html", times: 1, skip: 0, …}]   what goes wrong next
//   GET  /mock/state   what has arrived;   POST /mock/reset
import { createHash, randomUUID, webcrypto } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'

import { bootstrap, INSPECTIONS, picture } from './district.mjs'

const PEOPLE = { inspector: '张检查', second: '李核查' }
const PASSWORD = 'demo-2026'
const DIST = new URL('../dist/', import.meta.url).pathname
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.png': 'image/png', '.webmanifest': 'application/manifest+json', '.json': 'application/json' }

let state
let faults = []
const reset = () => {
  faults = []
  state = { tokens: {}, wrong: {}, devices: {}, records: {}, photos: {}, uploads: {}, suggestions: [], discarded: [], waiting: [], clockMs: 0, noTus: false, edition: '', requests: [], phoneTimes: [], notices: [], elsewhere: [], problems: {}, hints: [], flaws: {} }
}
reset()

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex')
const now = () => new Date(Date.now() + state.clockMs)

export const server = createServer(async (request, response) => {
  try {
    await answer(request, response)
  } catch (error) {
    if (!response.headersSent) problem(response, 500, 'mock', String(error?.stack ?? error))
    else response.destroy()
  }
})

function send(response, status, body, headers = {}) {
  const text = body === null ? '' : JSON.stringify(body)
  response.writeHead(status, { Date: now().toUTCString(), ...(body === null ? {} : { 'Content-Type': 'application/json' }), ...headers })
  response.end(text)
}

function problem(response, status, title, detail, errors = [], headers = {}, members = {}) {
  const body = JSON.stringify({ type: 'about:blank', title, status, detail, errors, ...members })
  response.writeHead(status, { 'Content-Type': 'application/problem+json', Date: now().toUTCString(), ...headers })
  response.end(body)
}

const read = (request, limit = Infinity) =>
  new Promise((resolve, reject) => {
    const parts = []
    let size = 0
    request.on('data', (part) => {
      parts.push(part)
      size += part.length
      if (size >= limit) resolve(Buffer.concat(parts).subarray(0, limit))
    })
    request.on('end', () => resolve(Buffer.concat(parts)))
    request.on('error', reject)
  })

/** The first fault that fits this request, counted down. */
function faultFor(request) {
  const line = `${request.method} ${request.url}`
  const found = faults.find((fault) => line.startsWith(fault.match) && (fault.times ?? 1) > 0)
  if (!found) return null
  if ((found.skip ?? 0) > 0) {
    found.skip -= 1
    return null
  }
  found.times = (found.times ?? 1) - 1
  return found
}

/** True when the fault has answered (or broken) the request already. */
async function fail(fault, request, response) {
  const html = '<!doctype html><title>Wi-Fi</title><h1>请先登录网络</h1>'
  switch (fault.do) {
    case 'html':
      await read(request)
      response.writeHead(fault.status ?? 200, { 'Content-Type': 'text/html' })
      return response.end(html), true
    case 'redirect':
      await read(request)
      response.writeHead(302, { Location: 'http://login.invalid/' })
      return response.end(), true
    case 'empty':
      await read(request)
      response.writeHead(200)
      return response.end(), true
    case 'reset':
      await read(request, fault.after ?? 1)
      return request.socket.destroy(), true
    case 'truncate':
      await read(request)
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 400 })
      response.write('{"uuid": "')
      setTimeout(() => request.socket.destroy(), 20)
      return true
    case 'half':
      await read(request)
      response.writeHead(201, { 'Content-Type': 'application/json' })
      return response.end('{"uuid": "'), true
    case 'hang':
      return true
    case 'json':
      await read(request)
      return send(response, 200, fault.body), true
    case 'status':
      await read(request)
      return problem(response, fault.status, fault.title ?? '出错', fault.detail ?? '', fault.errors ?? [], fault.headers ?? {}, fault.members ?? {}), true
    default:
      return false
  }
}

async function answer(request, response) {
  const url = new URL(request.url, 'http://mock')
  const path = url.pathname
  if (path === '/mock/faults') {
    faults = JSON.parse((await read(request)).toString())
    return send(response, 200, { faults })
  }
  if (path === '/mock/set') {
    Object.assign(state, JSON.parse((await read(request)).toString()))
    return send(response, 200, {})
  }
  if (path === '/mock/reset') return reset(), send(response, 200, {})
  if (path === '/mock/state') {
    const { photos, uploads, ...rest } = state
    const known = Object.values(photos).map(({ bytes, ...fields }) => ({ ...fields, size: bytes.length }))
    return send(response, 200, { ...rest, photos: known, uploads: Object.keys(uploads).length })
  }
  if (!path.startsWith('/api/')) return asset(path, response)
  state.requests.push(`${request.method} ${path}`)
  if (request.headers['phone-time']) state.phoneTimes.push({ line: `${request.method} ${path}`, time: request.headers['phone-time'] })
  const fault = faultFor(request)
  if (fault && (await fail(fault, request, response))) return undefined
  if (fault?.do === 'lose') {
    // The request is carried out, its answer is lost.
    const socket = request.socket
    response.writeHead = () => response
    response.end = () => socket.destroy()
  }
  if (path === '/api/v1/login') return await login(request, response)
  const token = /^Token (.+)$/.exec(request.headers.authorization ?? '')?.[1]
  const person = token && state.tokens[token]
  if (!person) {
    await read(request)
    return problem(response, 401, '未登录', '登录已失效，请重新登录。')
  }
  return await api(request, response, url, person, token)
}

async function login(request, response) {
  const { username, password } = JSON.parse((await read(request)).toString())
  if ((state.wrong[username] ?? 0) >= 5) return problem(response, 429, '已锁定', '输错次数太多。', [], { 'Retry-After': '900' })
  if (!PEOPLE[username] || password !== PASSWORD) {
    state.wrong[username] = (state.wrong[username] ?? 0) + 1
    return problem(response, 401, '登录失败', '账号或密码不对。')
  }
  const token = randomUUID()
  state.tokens[token] = username
  return send(response, 200, { token, expires: new Date(Date.now() + 30 * 86_400_000).toISOString() })
}

const meOf = (person) => ({ username: person, name: PEOPLE[person], roles: [{ role: 'inspector', unit: null, areas: [], sectors: [] }], units: [], may: [] })

async function api(request, response, url, person, token) {
  const path = url.pathname.replace('/api/v1', '')
  const { method } = request
  const [, kind, id, tail] = path.split('/')
  if (kind === 'uploads') return await tus(request, response, person, id)
  if (path === '/logout') return delete state.tokens[token], send(response, 204, null)
  if (path === '/me') return send(response, 200, meOf(person))
  if (path === '/bootstrap') {
    const body = bootstrap(meOf(person))
    const etag = `"${sha256(JSON.stringify(body)).slice(0, 16)}"`
    if (request.headers['if-none-match'] === etag) return response.writeHead(304, { ETag: etag, Date: now().toUTCString() }), response.end()
    return send(response, 200, body, { ETag: etag })
  }
  if (kind === 'devices') return await devices(request, response, person, id, tail)
  if (method === 'PUT' && (kind === 'reports' || kind === 'visits')) return await record(request, response, person, kind, id)
  if (kind === 'photos' && tail === 'file') {
    response.writeHead(200, { 'Content-Type': 'image/svg+xml', Date: now().toUTCString() })
    return response.end(picture(Number(id.at(-1)) || 0))
  }
  if (method === 'PUT' && kind === 'photos') return await putPhoto(request, response, person, id)
  if (path === '/receipts') {
    const asked = JSON.parse((await read(request)).toString())
    if (asked.waiting !== undefined) state.waiting.push({ device: asked.device, waiting: asked.waiting, oldest: asked.oldest })
    if (state.devices[asked.device]) Object.assign(state.devices[asked.device], { waiting: asked.waiting, oldest: asked.oldest ?? null, heard_at: now().toISOString() })
    const pick = (ids, from) => (ids ?? []).flatMap((one) => (from[one]?.person === person ? [{ uuid: one, sha256: from[one].sha256, received_at: from[one].received_at }] : []))
    return send(response, 200, { photos: pick(asked.photos, state.photos), reports: pick(asked.reports, state.records), visits: pick(asked.visits, state.records) })
  }
  if (path === '/suggestions') {
    state.suggestions.push({ person, ...JSON.parse((await read(request)).toString()) })
    return send(response, 201, { id: randomUUID() })
  }
  if (kind === 'notices') return await notices(request, response, id)
  if (path === '/submissions') return send(response, 200, { submissions: submissions(person), next: null })
  if (path === '/problems') {
    const mine = Object.values(state.records).filter((one) => one.person === person && one.kind === 'reports')
    const features = mine.map((one) => ({
      type: 'Feature', id: one.uuid, geometry: one.body.location,
      properties: { id: one.uuid, number: null, title: one.body.title, status: 'reported', light: null, category: one.body.category, incomplete: missing(one.body.photos).length > 0, area: null, main_units: [], days_left: null },
    }))
    return send(response, 200, { type: 'FeatureCollection', features, total: features.length, next: null })
  }
  if (path === '/inspections') return send(response, 200, { inspections: INSPECTIONS, next: null })
  return problem(response, 404, '没有', '没有这个地址。')
}

const english = (request) => (request.headers['accept-language'] ?? '').startsWith('en')

/** What `state.notices` holds: {id, code, zh, en, kind, subject, at, read_at}. */
async function notices(request, response, tail) {
  const unread = () => state.notices.filter((one) => !one.read_at).length
  if (request.method === 'POST' && tail === 'read') {
    const { ids } = JSON.parse((await read(request)).toString() || '{}')
    const now_ = state.notices.filter((one) => !one.read_at && (!ids || ids.includes(one.id)))
    for (const one of now_) one.read_at = now().toISOString()
    return send(response, 200, { read: now_.length, unread: unread() })
  }
  const lines = state.notices.map(({ zh, en, ...one }) => ({ ...one, text: english(request) ? en : zh }))
  lines.sort((a, b) => Number(Boolean(a.read_at)) - Number(Boolean(b.read_at)) || b.at.localeCompare(a.at))
  return send(response, 200, { notices: lines, unread: unread(), next: null })
}

/** Own submissions as the office sees them, newest first; `state.elsewhere` are those of the person's other phones. */
function submissions(person) {
  const mine = Object.values(state.records)
    .filter((one) => one.person === person)
    .map((one) => ({
      uuid: one.uuid, kind: one.kind.slice(0, -1), received_at: one.received_at, title: one.body.title ?? '', verdict: one.body.verdict ?? null,
      problem: { id: one.body.problem ?? one.uuid, number: null, title: one.body.title ?? '', status: 'reported', light: null, ...state.problems[one.uuid] },
      missing: missing(one.body.photos), hints: state.hints,
    }))
  return [...mine, ...state.elsewhere].sort((a, b) => b.received_at.localeCompare(a.received_at))
}

const missing = (ids) => (ids ?? []).filter((one) => !state.photos[one])

async function record(request, response, person, kind, id) {
  const bytes = await read(request)
  const digest = sha256(bytes)
  const body = JSON.parse(bytes.toString())
  const known = state.records[id]
  if (known && (known.sha256 !== digest || known.person !== person)) return problem(response, 409, '已有另一份', '这个编号已有另一份内容，两份都保留。', [], {}, { set_aside: true })
  const errors = []
  for (const field of kind === 'reports' ? ['title', 'category', 'description', 'observed_at'] : ['problem', 'verdict', 'observed_at'])
    if (!body[field]) errors.push({ field, code: 'required', message: `缺少 ${field}` })
  if (Date.parse(body.observed_at) > now().getTime() + 600_000) errors.push({ field: 'observed_at', code: 'in_future', message: '时间在将来' })
  if (!body.location) errors.push({ field: 'location', code: 'required', message: '缺少位置' })
  if (body.moved_m !== undefined && !(body.moved_m >= 0 && body.moved_m <= 100_000)) errors.push({ field: 'moved_m', code: 'range', message: 'moved_m 不对' })
  for (const [n, site] of (body.sites ?? []).entries())
    if (!site.id || site.id === id || !site.name || site.location?.type !== 'Point') errors.push({ field: `sites.${n}`, code: 'invalid', message: '点位不对' })
  if (errors.length) return problem(response, 422, '内容不对', '内容不对', errors)
  state.records[id] ??= { uuid: id, person, kind, body, sha256: digest, received_at: now().toISOString(), times: 0 }
  const one = state.records[id]
  one.times += 1
  return send(response, known ? 200 : 201, {
    uuid: id, sha256: one.sha256, received_at: one.received_at, problem: { id: body.problem ?? id, number: null, status: 'reported' },
    area: null, unit: null, missing: missing(body.photos), hints: state.hints,
  })
}

/** Multipart without a library: enough for one file and text fields, as the browser writes them. */
function parts(bytes, type) {
  const mark = Buffer.from(`--${/boundary=(.+)$/.exec(type)[1]}`)
  const fields = {}
  let at = bytes.indexOf(mark)
  while (at >= 0) {
    const next = bytes.indexOf(mark, at + mark.length)
    if (next < 0) break
    const part = bytes.subarray(at + mark.length + 2, next - 2)
    const gap = part.indexOf('\r\n\r\n')
    const head = part.subarray(0, gap).toString()
    fields[/ name="([^"]+)"/.exec(head)[1]] = / filename="/.test(head) ? part.subarray(gap + 4) : part.subarray(gap + 4).toString()
    at = next
  }
  return fields
}

async function checked(fields, person) {
  if (!fields.statement) return 'unsigned'
  const statement = JSON.parse(fields.statement)
  const key = state.devices[statement.device]
  if (!key || key.person !== person || statement.sha256 !== fields.sha256) return 'bad'
  const publicKey = await webcrypto.subtle.importKey('jwk', key.public_key, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify'])
  const good = await webcrypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, publicKey, Buffer.from(fields.signature ?? '', 'base64url'), Buffer.from(fields.statement))
  return good ? 'good' : 'bad'
}

async function keep(id, person, bytes, fields, by) {
  state.photos[id] ??= { uuid: id, person, bytes, fields, by, sha256: sha256(bytes), received_at: now().toISOString(), signed: await checked(fields, person), times: 0 }
  state.photos[id].times += 1
}

async function putPhoto(request, response, person, id) {
  const { file, ...fields } = parts(await read(request), request.headers['content-type'])
  if (!file?.length) return problem(response, 422, '空文件', '文件是空的。')
  if (sha256(file) !== fields.sha256) return problem(response, 460, '校验不符', '')
  const known = state.photos[id]
  if (known && known.sha256 !== fields.sha256) return problem(response, 409, '已有另一张', '这个编号已有另一张照片。')
  await keep(id, person, file, fields, 'put')
  return send(response, known ? 200 : 201, { id, sha256: fields.sha256, size: file.length, received_at: state.photos[id].received_at })
}

async function tus(request, response, person, id) {
  const head = { 'Tus-Resumable': '1.0.0', Date: now().toUTCString() }
  const bare = (status, more = {}) => (response.writeHead(status, { ...head, ...more }), response.end())
  if (state.noTus) {
    await read(request)
    return problem(response, 404, '没有', '没有这个地址。')
  }
  if (request.method === 'POST') {
    const fields = Object.fromEntries(
      request.headers['upload-metadata'].split(',').map((pair) => {
        const [name, value] = pair.trim().split(' ')
        return [name, Buffer.from(value ?? '', 'base64').toString()]
      }),
    )
    const same = Object.entries(state.uploads).find(([, one]) => one.person === person && one.fields.photo === fields.photo && one.fields.sha256 === fields.sha256)
    const key = same?.[0] ?? randomUUID()
    state.uploads[key] ??= { person, fields, length: Number(request.headers['upload-length']), bytes: Buffer.alloc(0) }
    return bare(201, { Location: `/api/v1/uploads/${key}` })
  }
  const upload = state.uploads[id]
  if (!upload || upload.person !== person) {
    await read(request)
    return problem(response, 404, '没有', '没有这次上传。', [], head)
  }
  if (request.method === 'HEAD') return bare(200, { 'Upload-Offset': upload.bytes.length, 'Upload-Length': upload.length, 'Cache-Control': 'no-store' })
  if (request.method === 'DELETE') return delete state.uploads[id], bare(204)
  if (Number(request.headers['upload-offset']) !== upload.bytes.length) {
    await read(request)
    return bare(409)
  }
  const chunk = await read(request)
  const [algorithm, sum] = (request.headers['upload-checksum'] ?? '').split(' ')
  if (algorithm && createHash(algorithm).update(chunk).digest('base64') !== sum) return problem(response, 460, '校验不符', '', [], head)
  upload.bytes = Buffer.concat([upload.bytes, chunk])
  if (upload.bytes.length === upload.length) {
    if (sha256(upload.bytes) !== upload.fields.sha256) {
      delete state.uploads[id]
      return problem(response, 460, '校验不符', '', [], head)
    }
    await keep(upload.fields.photo, person, upload.bytes, upload.fields, 'tus')
  }
  return bare(204, { 'Upload-Offset': upload.bytes.length })
}

async function devices(request, response, person, id, tail) {
  if (request.method === 'POST' && tail === 'discarded') {
    state.discarded.push({ device: id, ...JSON.parse((await read(request)).toString()) })
    return send(response, 201, {})
  }
  if (request.method === 'POST') {
    const body = JSON.parse((await read(request)).toString())
    const same = Object.values(state.devices).find((one) => one.person === person && one.public_key.x === body.public_key.x)
    if (same?.revoked_at) return problem(response, 422, '内容不合格', '', [{ field: 'public_key', code: 'revoked', message: '这把钥匙已停用' }])
    if (same) return send(response, 200, { id: same.id })
    const key = randomUUID()
    state.devices[key] = { id: key, person, name: body.name, public_key: body.public_key, created_at: now().toISOString(), revoked_at: null }
    return send(response, 201, { id: key })
  }
  if (request.method === 'DELETE') {
    if (state.devices[id]?.person !== person) return problem(response, 404, '没有', '')
    state.devices[id].revoked_at = now().toISOString()
    return send(response, 204, null)
  }
  const lines = Object.values(state.devices).filter((one) => one.person === person)
  const whole = { statements: 0, gaps: [], forks: [], doubts: [], waiting: 0, oldest: null, heard_at: null, clock_offset_s: null, clock_seen_at: null }
  return send(response, 200, { devices: lines.map((one) => ({ ...whole, ...one, ...state.flaws })) })
}

function asset(path, response) {
  if (path === '/') return response.writeHead(302, { Location: '/m/' }), response.end()
  const name = normalize(path.replace(/^\/m\/?/, '')) || 'index.html'
  const file = join(DIST, name === '.' ? 'index.html' : name)
  if (!file.startsWith(DIST) || !existsSync(file)) return problem(response, 404, '没有', path)
  response.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream', Vary: 'Accept-Language', 'Cache-Control': path.includes('/assets/') ? 'max-age=31536000, immutable' : 'no-cache' })
  // A changed worker is what a new version of the app looks like to a phone.
  return response.end(name === 'sw.js' && state.edition ? `${readFileSync(file)}\n// ${state.edition}` : readFileSync(file))
}

if (process.argv[1] && import.meta.url.endsWith(process.argv[1].split('/').slice(-2).join('/'))) {
  const port = Number(process.argv[2] ?? 8100)
  server.listen(port, '127.0.0.1', () => console.log(`mock on http://127.0.0.1:${server.address().port}/m/`))
}
