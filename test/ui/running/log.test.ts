import { describe, expect, test } from 'vitest'
import type { LogLine } from '../../../electron/contract/instance'
import { emptyLog, filteredLines, longestLog, reduceLog } from '../../../renderer/features/running/log-reducer'
import { addressOf } from '../../../renderer/features/running/attach-dialog'
import { elapsedMs, portOf, restartWords, summaryOf, treeRows } from '../../../renderer/features/running/tree-rows'
import { gateway, system } from '../fixture-machine'
import { makeInstance } from '../fixture-run'

const line = (sequence: number, over: Partial<LogLine> = {}): LogLine => ({
  sequence,
  at: '2026-01-15T11:31:00.000Z',
  stream: 'err',
  level: 'info',
  text: `line ${sequence}`,
  ...over,
})

describe('a log', () => {
  test('grows by batches and shows no line twice after a reconnect', () => {
    const first = reduceLog(emptyLog, { type: 'snapshot', lines: [line(1), line(2)], dropped: 3 })
    const more = reduceLog(first, { type: 'lines', lines: [line(2), line(3)] })
    expect(more.lines.map(each => each.sequence)).toEqual([1, 2, 3])
    expect(more.dropped).toBe(3)
    expect(reduceLog(more, { type: 'lines', lines: [line(3)] })).toBe(more)
  })

  test('keeps the newest lines and counts those it let go', () => {
    const lines = Array.from({ length: longestLog }, (_, index) => line(index))
    const full = reduceLog(emptyLog, { type: 'snapshot', lines, dropped: 0 })
    const over = reduceLog(full, { type: 'lines', lines: [line(longestLog), line(longestLog + 1)] })
    expect([over.lines.length, over.lines[0]?.sequence, over.dropped]).toEqual([longestLog, 2, 2])
  })

  test('is searched and filtered by level', () => {
    const lines = [line(1, { level: 'debug' }), line(2), line(3, { level: 'warn', text: 'Low MEMORY' }), line(4, { level: 'error' })]
    const found = (...given: [Parameters<typeof filteredLines>[1], string]) => filteredLines(lines, ...given).map(each => each.sequence)
    expect(found('all', '')).toEqual([1, 2, 3, 4])
    expect(found('info', '')).toEqual([2, 3, 4])
    expect(found('error', '')).toEqual([4])
    expect(found('all', 'memory ')).toEqual([3])
  })
})

describe('the tree', () => {
  test('has the host first, with every instance under it', () => {
    const rows = treeRows(system, gateway, [makeInstance(), makeInstance({ id: 'x', state: { kind: 'stopped', since: '' } })])
    expect(rows.map(({ id, pid, port, device, memoryMiB, since }) => [id, pid, port, device, memoryMiB, since !== null])).toEqual([
      ['host', 4711, '4700', 'CPU', null, true],
      ['llama-cpp-1', 1234, '8101', 'RTX 4090', 19_400, true],
      ['x', 1234, '8101', 'RTX 4090', null, false],
    ])
  })

  test('what was started again by itself is up since then, and its restarts stand beside', () => {
    const [, row] = treeRows(null, null, [
      makeInstance({
        restarts: 1,
        lastRestartWhy: 'It crashed',
        startedAt: '2026-01-15T08:00:00.000Z',
        upSince: '2026-01-15T11:00:00.000Z',
      }),
    ])
    expect(row).toMatchObject({ since: '2026-01-15T11:00:00.000Z', restarts: '1 · It crashed' })
  })

  test('ports, restarts, up time and the summary say what is known', () => {
    expect([null, 'unix:/run/x', 'https://a.org/v1', 'http://127.0.0.1:80/v1', 'nonsense'].map(portOf)).toEqual([
      null,
      'socket',
      '443',
      '80',
      null,
    ])
    expect(restartWords(makeInstance({ restarts: 2, lastRestartWhy: 'it crashed' }))).toBe('2 · it crashed')
    expect(elapsedMs('2026-01-15T11:31:00.000Z', Date.parse('2026-01-15T11:31:02.000Z'))).toBe(2000)
    expect(elapsedMs('', 0)).toBeNull()
    expect(summaryOf([makeInstance(), makeInstance({ state: { kind: 'stopped', since: '' } })])).toBe('1 ready, 1 stopped')
    expect(summaryOf([])).toBe('nothing runs')
  })
})

test.each([
  ['127.0.0.1:8080/v1', 'http://127.0.0.1:8080/v1'],
  ['https://gpu.example.org/v1', 'https://gpu.example.org/v1'],
  ['ftp://x', null],
  ['javascript:alert(1)', null],
  ['  ', null],
])('the address %j is %j', (written, address) => expect(addressOf(written)).toBe(address))
