import { ref, shallowReactive } from 'vue'

import { type Area, readAreas } from '../places/areas'
import type { Position } from '../places/geometry'
import { type BaseLine, readLines } from '../places/lines'
import { call } from '../queue/call'
import { readSetting, theStore, writeSetting } from '../store/database'
import type { SessionRow } from '../store/shapes'

export type Light = 'red' | 'yellow' | 'green' | 'grey'

export interface Named {
  code: string
  name: string
}

export interface Measure {
  id: string
  text: string
  goal: string
  deadline: string | null
}

export interface KnownPhoto {
  id: string
  stage: string
  url: string
  capturedAt: string | null
  at: Position | null
  heading: number | null
}

/** A problem as the phone knows it, from the bootstrap answer. */
export interface KnownProblem {
  id: string
  number: string | null
  title: string
  status: string
  light: Light | null
  category: string
  at: Position | null
  area: Named | null
  units: Named[]
  daysLeft: number | null
  deadline: string | null
  deadlineText: string
  goal: string
  measures: Measure[]
  percent: number | null
  photos: KnownPhoto[]
}

/** A visit to do: a stop of an inspection. */
export interface Task {
  inspection: string
  kind: string
  title: string
  announced: boolean
  released: boolean
  problem: string
  date: string | null
  people: string[]
}

export interface Book {
  units: { code: string; name: string; kind: string }[]
  areas: Area[]
  protectedAreas: Area[]
  lines: BaseLine[]
  categories: Named[]
  tasks: Task[]
  problems: KnownProblem[]
  inspections: { id: string; kind: string; announced: boolean; released: boolean; ledBy: string; people: string[]; date: string | null }[]
  fetchedAt: number
}

/** Checks that go and look for what is not known yet. The others return to known problems: a new find is none of theirs. */
const FINDING = ['spot_check', 'special_inspection', 'self_check', 'campaign']

/**
 * The check that a find of today belongs to unless its finder says otherwise, of those that this person leads or takes part in: an
 * unannounced one first, because a find filed under an open check by mistake is seen by the town at once, and one filed under a
 * hidden check can still be released.
 */
export function checkOfTheDay(inspections: Book['inspections'], today: string, person: string): Book['inspections'][number] | undefined {
  const mine = inspections.filter((one) => FINDING.includes(one.kind) && (one.ledBy === person || one.people.includes(person)))
  const ofToday = mine.filter((one) => one.date?.slice(0, 10) === today && !(one.released && !one.announced))
  return ofToday.find((one) => !one.announced) ?? ofToday[0]
}

export const EMPTY_BOOK: Book = {
  units: [],
  areas: [],
  protectedAreas: [],
  lines: [],
  categories: [],
  tasks: [],
  problems: [],
  inspections: [],
  fetchedAt: 0,
}

export const book = shallowReactive<Book>({ ...EMPTY_BOOK })

/** How many visits have come since this person last looked at their tasks. */
export const news = ref(0)

const taskKey = (task: Task) => `${task.inspection} ${task.problem}`

async function countNews(person: string): Promise<void> {
  const seen = await readSetting<string[]>(`seen ${person}`)
  // The very first list is no news.
  if (!seen) await tasksSeen(person)
  else news.value = book.tasks.filter((task) => !seen.includes(taskKey(task))).length
}

export async function tasksSeen(person: string): Promise<void> {
  news.value = 0
  await writeSetting(`seen ${person}`, book.tasks.map(taskKey))
}

export async function loadBook(person: string): Promise<void> {
  const row = await theStore().books.get(person)
  Object.assign(book, row ? readBook(row.data, row.fetchedAt) : EMPTY_BOOK)
  await dropVisited(person)
}

/** Ask for the whole book again; an unchanged one costs one short answer. */
export async function fetchBook(session: SessionRow, near: Position | null): Promise<'fresh' | 'unchanged' | 'session' | 'busy' | 'failed'> {
  const kept = await theStore().books.get(session.person)
  const path = `/api/v1/bootstrap${near ? `?near=${near[0].toFixed(4)},${near[1].toFixed(4)}` : ''}`
  const answer = await call(session, 'GET', path, { headers: kept?.etag ? { 'If-None-Match': kept.etag } : {} })
  if (answer.kind === 'session') return 'session'
  if (answer.kind === 'unchanged') {
    // A small picture that the server had not made yet last time may be there now.
    await fetchPictures(session)
    return 'unchanged'
  }
  // A server in trouble is not a phone without a network.
  if (answer.kind === 'again' && ['server', 'busy'].includes(answer.trouble.why)) return 'busy'
  if (answer.kind !== 'ok' || typeof answer.body !== 'object' || !answer.body) return 'failed'
  const row = { person: session.person, etag: answer.headers.get('ETag') ?? '', fetchedAt: Date.now(), data: answer.body }
  await theStore().books.put(row)
  Object.assign(book, readBook(row.data, row.fetchedAt))
  await dropVisited(session.person)
  await countNews(session.person)
  await fetchPictures(session)
  return 'fresh'
}

/** Keep the small before-pictures of the problems at hand, for re-photographing without a network; drop the others. */
async function fetchPictures(session: SessionRow): Promise<void> {
  const store = theStore()
  const wanted = new Set(book.problems.flatMap((problem) => beforePhotos(problem).map((photo) => photo.url)))
  const kept = await store.pictures.where('person').equals(session.person).primaryKeys()
  await store.pictures.bulkDelete(kept.filter(([, url]) => !wanted.has(url)))
  const have = new Set(kept.map(([, url]) => url))
  for (const url of wanted) {
    if (have.has(url)) continue
    try {
      const response = await fetch(url, {
        headers: { Authorization: `Token ${session.token}` },
        credentials: 'omit',
        redirect: 'manual',
      })
      const type = response.headers.get('Content-Type') ?? ''
      if (response.status !== 200 || !type.startsWith('image/')) continue
      await store.pictures.put({ person: session.person, url, type, data: await response.arrayBuffer() })
    } catch {
      return
    }
  }
}

export function beforePhotos(problem: KnownProblem): KnownPhoto[] {
  return problem.photos.filter((photo) => photo.stage === 'before').slice(0, 3)
}

type Raw = Record<string, unknown>
const asList = (value: unknown): Raw[] =>
  Array.isArray(value) ? value.filter((one): one is Raw => typeof one === 'object' && one !== null) : []
const asText = (value: unknown): string => (typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '')
const asNumber = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null)
const asNamed = (value: unknown): Named | null => {
  if (typeof value === 'string') return { code: value, name: value }
  const one = value as Raw | null | undefined
  return one && typeof one === 'object' ? { code: asText(one.code), name: asText(one.name) } : null
}

/** Read a bootstrap answer with care: what is missing or of another shape is left out, and never stops the app. */
export function readBook(data: unknown, fetchedAt: number): Book {
  const raw = (data ?? {}) as Raw
  const features = (value: unknown) => (Array.isArray(value) ? asList(value) : asList((value as Raw | null)?.features))
  const units = asList(raw.units).map((unit) => ({ code: asText(unit.code), name: asText(unit.name), kind: asText(unit.kind) }))
  const inspections = new Map<string, Book['inspections'][number]>()
  const tasks = asList(raw.tasks).flatMap((task) => {
    const inner = task.inspection as Raw | string | null | undefined
    const from = typeof inner === 'object' && inner ? inner : task
    const inspection = typeof inner === 'object' && inner ? asText(inner.id) : asText(inner ?? task.id)
    const people = (Array.isArray(from.people) ? from.people : []).map((one) => (typeof one === 'string' ? one : asText((one as Raw | null)?.username)))
    const common = {
      inspection,
      kind: asText(from.kind),
      title: asText(from.note ?? from.title ?? from.name),
      announced: from.announced !== false,
      released: Boolean(from.released_at ?? from.released),
      date: asText(task.due ?? from.date) || null,
      people,
    }
    if (inspection) inspections.set(inspection, { id: inspection, ledBy: asText(from.led_by), ...common })
    const stops = task.problem !== undefined ? [task.problem] : Array.isArray(from.problems) ? from.problems : []
    const done = new Set((Array.isArray(from.visited) ? from.visited : []).map(asText))
    return stops
      .map((stop) => (typeof stop === 'object' && stop ? asText((stop as Raw).id) : asText(stop)))
      .filter((problem) => problem && !done.has(problem))
      .map((problem) => ({ ...common, problem }))
  })
  return {
    units,
    areas: readAreas(raw.areas),
    protectedAreas: readAreas(raw.protected),
    lines: readLines(raw.lines),
    categories: asList(raw.categories).map((one) => ({ code: asText(one.code), name: asText(one.name) })),
    tasks,
    problems: features(raw.problems).map(readProblem),
    inspections: [...inspections.values()],
    fetchedAt,
  }
}

export function readProblem(feature: Raw): KnownProblem {
  const p = (feature.properties ?? feature) as Raw
  const point = (feature.geometry ?? p.location) as { coordinates?: unknown } | null | undefined
  const at = readPoint(point?.coordinates ?? point)
  const plan = (p.plan ?? null) as Raw | null
  const deadline = asText(p.deadline ?? plan?.deadline) || null
  const light = asText(p.light)
  return {
    id: asText(feature.id ?? p.id),
    number: asText(p.number) || null,
    title: asText(p.title),
    status: asText(p.status),
    light: light === 'red' || light === 'yellow' || light === 'green' || light === 'grey' ? light : null,
    category: asText(p.category),
    at,
    area: asNamed(p.area),
    units: asList(p.main_units).flatMap((unit) => asNamed(unit) ?? []),
    daysLeft: asNumber(p.days_left),
    deadline,
    deadlineText: asText(p.deadline_text ?? plan?.deadline_text),
    goal: asText(plan?.goal ?? p.goal),
    measures: asList(plan?.measures ?? p.measures).map((one) => ({
      id: asText(one.id),
      text: asText(one.text),
      goal: asText(one.goal),
      deadline: asText(one.deadline) || null,
    })),
    percent: asNumber(p.percent),
    photos: [...asList(p.photos), ...asList(p.before_photos)].map((photo) => ({
      id: asText(photo.id),
      stage: asText(photo.stage) || 'before',
      url: asText(photo.url) || `/api/v1/photos/${asText(photo.id)}/file?size=thumb`,
      capturedAt: asText(photo.captured_at) || null,
      at: readPoint((photo.location as Raw | null)?.coordinates ?? photo.location),
      heading: asNumber(photo.heading),
    })),
  }
}

function readPoint(value: unknown): Position | null {
  if (!Array.isArray(value)) return null
  const [lon, lat] = value as unknown[]
  return typeof lon === 'number' && typeof lat === 'number' ? [lon, lat] : null
}

/** Take out the stops that this phone has a visit for, sent or not: nobody is asked for the same thing twice. */
export async function dropVisited(person: string): Promise<void> {
  const visits = await theStore().records.where('person').equals(person).filter((row) => row.kind === 'visit').toArray()
  const done = new Set(
    visits.map((row) => {
      const body = JSON.parse(row.bodyText) as { inspection?: string; problem?: string }
      return `${body.inspection ?? ''} ${body.problem ?? ''}`
    }),
  )
  const left = book.tasks.filter((task) => !done.has(`${task.inspection} ${task.problem}`))
  if (left.length < book.tasks.length) book.tasks = left
}

/** The unit that answers for an area, by name. */
export function unitOf(area: Area | null): Named | null {
  if (!area?.unit) return null
  const unit = book.units.find((one) => one.code === area.unit)
  return { code: area.unit, name: unit?.name ?? area.unit }
}

export function isPark(area: Area): boolean {
  return /park/i.test(area.layer) || book.units.some((unit) => unit.code === area.unit && unit.kind === 'park')
}
