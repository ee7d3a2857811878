import { theStore } from '../store/database'

export const REPORT_DRAFT = 'report'
export const visitDraft = (problem: string) => `visit:${problem}`

/** What was entered so far; kept at every change, so that a page that is killed or reloaded loses no word. */
export async function readDraft(person: string, id: string): Promise<Record<string, unknown>> {
  return (await theStore().drafts.get([person, id]))?.fields ?? {}
}

export async function keepDraft(person: string, id: string, fields: Record<string, unknown>): Promise<void> {
  await theStore().drafts.put({ person, id, fields: JSON.parse(JSON.stringify(fields)), changedAt: Date.now() })
}
