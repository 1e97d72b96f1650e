import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as z from 'zod'
import { samplingSchema } from '../../electron/contract/compare'
import { Failure } from '../../electron/contract/failure'
import { createComparisonRecords, type ComparisonRecords } from '../../electron/core/store/comparisons'
import { openStore } from '../../electron/core/store/open-store'
import { noStats } from '../../electron/core/evaluation/meter'

const noteSchema = z.object({ text: z.string() })
const noteCount = 120
const at = '2026-03-01T10:00:00.000Z'
const clock = { wall: () => at, monotonicMs: () => 0 }
let folder: string
let whole: Buffer
const file = (home: string) => join(home, 'roundhouse.sqlite')

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'roundhouse-damage-'))
  const store = openStore(folder, clock)
  const notes = store.collection('notes', noteSchema)
  for (let index = 0; index < noteCount; index += 1) notes.set(`n${index}`, { text: `note ${index} `.repeat(30) })
  const records = createComparisonRecords(store)
  for (let index = 0; index < 20; index += 1) {
    const pane = { id: 'a', route: 'r', sampling: samplingSchema.parse({}) }
    records.create({ id: `c${index}`, title: `comparison ${index}`, createdAt: at, updatedAt: at, panes: [pane] })
    const generation = { id: `g${index}`, paneId: 'a', route: 'r', instanceId: null, runtimeTitle: null, modelTitle: null }
    const turn = { id: `t${index}`, prompt: 'ask', createdAt: at, mode: 'at-once' as const }
    const text = 'an answer '.repeat(80)
    records.addTurn(`c${index}`, {
      ...turn,
      generations: [{ ...generation, state: 'done', text, reasoning: '', stats: noStats, error: null, startedAt: at }],
    })
  }
  store.close()
  whole = readFileSync(file(folder))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** How many comparisons are listed; every one that can be read is read whole. */
function readAll(records: ComparisonRecords): number {
  const listed = records.list()
  for (const { id } of listed) records.get(id)
  return listed.length
}

/** Opens a copy with the given bytes, with the backup beside it; returns what could be read, or the refusal. */
function openDamaged(bytes: Buffer, hasBackup: boolean) {
  const home = mkdtempSync(join(folder, 'case-'))
  writeFileSync(file(home), bytes)
  if (hasBackup) {
    mkdirSync(join(home, 'backups'))
    copyFileSync(file(folder), join(home, 'backups', 'roundhouse-20260301T100000Z.sqlite'))
  }
  try {
    const store = openStore(home, clock)
    const result = {
      notes: store.collection('notes', noteSchema).all().length,
      comparisons: readAll(createComparisonRecords(store)),
      notices: store.notices.length,
    }
    store.collection('notes', noteSchema).set('still', { text: 'works' })
    expect(store.collection('notes', noteSchema).get('still')).toEqual({ text: 'works' })
    store.close()
    const again = openStore(home, clock)
    expect(again.notices).toEqual([])
    again.close()
    return result
  } catch (error) {
    if (error instanceof Failure) return { refused: error.code }
    throw error
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

/** Bytes 60-63 of the header are the schema version, which may then look like a newer one. */
const isVersion = (offset: number) => offset >= 60 && offset < 64

test(
  'flipped bytes at 200 places: it always opens, works, is good the next time, and with a backup nearly nothing is lost',
  { timeout: 240_000 },
  () => {
    fc.assert(
      fc.property(
        fc.nat({ max: whole.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        fc.integer({ min: 1, max: 64 }),
        (offset, flip, length) => {
          const bytes = Buffer.from(whole)
          for (let index = offset; index < Math.min(offset + length, bytes.length); index += 1) bytes[index] = (bytes[index] ?? 0) ^ flip
          const result = openDamaged(bytes, true)
          if ('refused' in result) {
            expect([result.refused, isVersion(offset) || (offset < 60 && offset + length > 60)]).toEqual(['store-newer', true])
            return
          }
          expect(result.notes).toBeGreaterThanOrEqual(noteCount - 4)
          expect(result.comparisons).toBeGreaterThanOrEqual(19)
        },
      ),
      { numRuns: 200, seed: 20_260_301 },
    )
  },
)

test('without a backup most notes are saved from a file with a damaged page, and an emptied file says so', { timeout: 60_000 }, () => {
  const saved: number[] = []
  for (let page = 1; page < whole.length / 4096; page += 1) {
    const bytes = Buffer.from(whole)
    bytes.fill(0xa5, page * 4096, (page + 1) * 4096)
    const result = openDamaged(bytes, false)
    saved.push('notes' in result ? result.notes : 0)
  }
  saved.sort((left, right) => left - right)
  expect(saved[Math.floor(saved.length / 2)]).toBeGreaterThanOrEqual(noteCount - 20)
  const zeroed = Buffer.from(whole)
  zeroed.fill(0, 0, 4096)
  expect(openDamaged(zeroed, false)).toEqual({ notes: 0, comparisons: 0, notices: 1 })
  expect(openDamaged(whole.subarray(0, whole.length / 2), true)).toMatchObject({ notes: noteCount, comparisons: 20, notices: 1 })
})
