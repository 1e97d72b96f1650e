import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { runtimes } from '../../../electron/core/runtimes/registry'
import { autopsyOf } from '../../../electron/core/supervisor/autopsy'
import { evidenceOf, inputOf } from './launching'

const folder = join(import.meta.dirname, '..', '..', 'fixtures', 'runtimes', 'failures')
const rowSchema = z.strictObject({
  source: z.url(),
  lines: z.array(z.string()).min(1),
  cause: z.string(),
  says: z.string().optional(),
  /** A field that one of the fixes changes, or what it changes it to. */
  fix: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
  exitCode: z.number().optional(),
  signal: z.string().optional(),
})
const rows = readdirSync(folder)
  .filter(name => name.endsWith('.json'))
  .map(name => ({ id: name.replace('.json', ''), rows: z.array(rowSchema).parse(JSON.parse(readFileSync(join(folder, name), 'utf8'))) }))

const launchOf = (id: string) => {
  const launch = runtimes.find(each => each.id === id)?.launch
  if (!launch) throw new Error(`${id} has no launch`)
  return launch
}

describe.each(rows)('reports of $id', ({ id, rows: reports }) => {
  test.each(reports)('$source', ({ lines, cause, says, fix, exitCode = 1, signal = null }) => {
    const folderModel = { ...inputOf().model, path: '/models/model' }
    const evidence = { ...evidenceOf(['an earlier line', ...lines], inputOf({ model: folderModel })), exitCode, signal }
    const autopsy = autopsyOf({ circumstance: { kind: 'exited', why: null }, evidence, launch: launchOf(id), at: '' })
    expect(autopsy.cause).toBe(cause)
    expect(autopsy.lines.length).toBeGreaterThan(0)
    expect(autopsy.lines).not.toContain('an earlier line')
    expect(autopsy.explanation).toMatch(/\.$/)
    if (says !== undefined) expect(`${autopsy.headline} ${autopsy.explanation}`).toMatch(new RegExp(says))
    const changes = autopsy.fixes.map(each => each.action).filter(action => action.kind === 'restart-with')
    if (typeof fix === 'string') expect(changes.some(change => fix in change)).toBe(true)
    if (typeof fix === 'object') expect(changes).toContainEqual(expect.objectContaining(fix))
  })
})

test('every runtime of the first class has five reports and more, of the second two', () => {
  const least = { 'first-class': 5, second: 2, attach: 0 }
  for (const { id, tier = 'second', launch } of runtimes) {
    if (!launch) continue
    expect([id, rows.find(each => each.id === id)?.rows.length ?? 0]).toEqual([
      id,
      expect.toSatisfy((count: number) => count >= least[tier]),
    ])
  }
})
