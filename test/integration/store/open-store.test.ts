import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import * as z from 'zod'
import type { Clock } from '../../../electron/core/lib/clock'
import { backUpIfDue } from '../../../electron/core/store/backups'
import { openStore } from '../../../electron/core/store/open-store'

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'roundhouse-store-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const noteSchema = z.object({ text: z.string(), stars: z.int() })
const clockAt = (wall: string): Clock => ({ wall: () => wall, monotonicMs: () => 0 })
const file = () => join(folder, 'roundhouse.sqlite')

function fill(count: number, clock?: Clock) {
  const store = openStore(folder, clock)
  const notes = store.collection('notes', noteSchema)
  for (let index = 0; index < count; index += 1) notes.set(`note-${index}`, { text: `text ${index} `.repeat(40), stars: index })
  store.close()
}

test('documents survive closing and opening, and are in WAL mode with strict tables', () => {
  fill(3)
  const store = openStore(folder)
  const notes = store.collection('notes', noteSchema)
  expect(notes.all().map(each => each.id)).toEqual(['note-0', 'note-1', 'note-2'])
  notes.remove('note-1')
  expect(notes.get('note-1')).toBeNull()
  expect(notes.get('note-2')?.stars).toBe(2)
  expect(store.database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' })
  expect(() =>
    store.database.exec("INSERT INTO measurements (runtime, build, model, artifact, at, ttft_ms) VALUES ('a','b','c','d','e','soon')"),
  ).toThrow(/cannot store TEXT value in REAL column/)
  expect(store.notices).toEqual([])
  store.close()
})

test('a closed store knows nothing and keeps nothing, and ends nobody who still asks', () => {
  fill(1)
  const store = openStore(folder)
  const notes = store.collection('notes', noteSchema)
  store.close()
  expect(notes.all()).toEqual([])
  expect(notes.get('note-0')).toBeNull()
  notes.set('late', { text: 'late', stars: 1 })
  notes.remove('note-0')
  // Nor who comes for the first time only then.
  const late = store.collection('late', noteSchema)
  late.set('late', { text: 'late', stars: 1 })
  expect([late.all(), late.get('late')]).toEqual([[], null])
  const again = openStore(folder)
  expect(
    again
      .collection('notes', noteSchema)
      .all()
      .map(each => each.id),
  ).toEqual(['note-0'])
  again.close()
})

test('a document that does not fit its schema is refused when written and null when read', () => {
  const store = openStore(folder)
  const notes = store.collection('notes', noteSchema)
  expect(() => notes.set('one', { text: 'x', stars: 1.5 })).toThrow(/^notes one was not stored: stars: /)
  store.collection('notes', z.object({ other: z.string() })).set('two', { other: 'shape' })
  expect(notes.get('two')).toBeNull()
  expect(notes.all()).toEqual([])
  store.close()
})

test('a database of a newer version is refused in plain words and left as it is', () => {
  fill(1)
  const newer = new DatabaseSync(file())
  newer.exec('PRAGMA user_version = 77; PRAGMA wal_checkpoint(TRUNCATE)')
  newer.close()
  const before = readFileSync(file())
  expect(() => openStore(folder)).toThrow(expect.objectContaining({ code: 'store-newer', message: expect.stringContaining('schema 77') }))
  expect(readFileSync(file()).equals(before)).toBe(true)
  expect(readdirSync(folder).filter(name => name.includes('corrupt'))).toEqual([])
})

test('a file that is no database is set aside, said, and replaced by the newest backup', () => {
  fill(5, clockAt('2026-03-01T10:00:00.000Z'))
  writeFileSync(file(), 'this is not a database '.repeat(300))
  const store = openStore(folder, clockAt('2026-03-01T11:00:00.000Z'))
  expect(store.notices).toHaveLength(1)
  expect(store.notices[0]).toContain('the backup of 2026-03-01T10:00:00.000Z was restored, 0 rows were saved')
  expect(store.collection('notes', noteSchema).all()).toHaveLength(5)
  expect(existsSync(`${file()}.corrupt-20260301T110000Z`)).toBe(true)
  store.close()
})

test('rows that can still be read are saved from a damaged file, newer than the backup included', () => {
  fill(5, clockAt('2026-03-01T10:00:00.000Z'))
  fill(400, clockAt('2026-03-01T10:30:00.000Z'))
  const descriptor = openSync(file(), 'r+')
  // The fourth page and the two after it: b-tree pages of the documents.
  writeSync(descriptor, Buffer.alloc(3 * 4096, 0x5a), 0, 3 * 4096, 30 * 4096)
  closeSync(descriptor)
  const store = openStore(folder, clockAt('2026-03-01T11:00:00.000Z'))
  const saved = store.collection('notes', noteSchema).all()
  expect(saved.length).toBeGreaterThan(300)
  expect(saved.length).toBeLessThan(400)
  expect(store.notices[0]).toMatch(/^The database was damaged .* \d+ rows were saved from the damaged file/)
  store.close()
  const again = openStore(folder, clockAt('2026-03-01T12:00:00.000Z'))
  expect(again.notices).toEqual([])
  expect(again.collection('notes', noteSchema).all()).toHaveLength(saved.length)
  again.close()
})

test('without a backup an emptied file starts empty and says so; a zero-byte file is a new database', () => {
  fill(2)
  rmSync(join(folder, 'backups'), { recursive: true })
  const size = readFileSync(file()).length
  truncateSync(file(), 0)
  truncateSync(file(), size)
  const store = openStore(folder)
  expect(store.notices[0]).toContain('there was no backup to restore, 0 rows were saved')
  store.close()
})

test('a backup is made once a day, when opened or at the latest when closed, and the newest three are kept', () => {
  for (const day of ['01', '02', '03', '04', '05']) fill(1, clockAt(`2026-03-${day}T10:00:00.000Z`))
  fill(1, clockAt('2026-03-05T20:00:00.000Z'))
  expect(readdirSync(join(folder, 'backups')).sort()).toEqual([
    'roundhouse-20260303T100000Z.sqlite',
    'roundhouse-20260304T100000Z.sqlite',
    'roundhouse-20260305T100000Z.sqlite',
  ])
})

test('a missing write-ahead log loses nothing that was checkpointed', () => {
  fill(50)
  rmSync(`${file()}-wal`, { force: true })
  rmSync(`${file()}-shm`, { force: true })
  const store = openStore(folder)
  expect(store.notices).toEqual([])
  expect(store.collection('notes', noteSchema).all()).toHaveLength(50)
  store.close()
})

test('a backup that could not be finished is none, and does not stand for a whole one', () => {
  fill(400, clockAt('2026-03-01T10:00:00.000Z'))
  const backups = join(folder, 'backups')
  // Pages in the middle are damaged: the copy begins and breaks off.
  const descriptor = openSync(file(), 'r+')
  writeSync(descriptor, Buffer.alloc(8 * 4096, 0x5a), 0, 8 * 4096, 20 * 4096)
  closeSync(descriptor)
  const reader = new DatabaseSync(file())
  expect(() => backUpIfDue(reader, backups, '2026-03-03T10:00:00.000Z')).toThrow(/malformed/)
  reader.close()
  expect(readdirSync(backups)).toEqual(['roundhouse-20260301T100000Z.sqlite'])
})

test('backups of a time to come, made while the clock was wrong, push out no later ones', () => {
  for (const day of ['01', '02', '03']) fill(1, clockAt(`2090-01-${day}T10:00:00.000Z`))
  for (const day of ['01', '02']) fill(1, clockAt(`2026-03-${day}T10:00:00.000Z`))
  expect(readdirSync(join(folder, 'backups')).filter(name => name.includes('-2026'))).toEqual([
    'roundhouse-20260301T100000Z.sqlite',
    'roundhouse-20260302T100000Z.sqlite',
  ])
})
