import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { LogEvent } from '../../../electron/contract/instance'
import { systemClock } from '../../../electron/core/lib/clock'
import { createFloodBrake } from '../../../electron/core/supervisor/flood-brake'
import { createLogFile } from '../../../electron/core/supervisor/log-file'
import { createLogBook } from '../../../electron/core/supervisor/logs'
import { maskSecrets } from '../../../electron/core/supervisor/mask'
import { createLineSplitter } from '../../../electron/core/supervisor/output'

describe('lines', () => {
  const split = (pieces: readonly string[], maxLength?: number) => {
    const lines: string[] = []
    const splitter = createLineSplitter(line => lines.push(line), maxLength)
    for (const piece of pieces) splitter.push(piece)
    splitter.end()
    return lines
  }

  test('are the same however the text is cut into pieces', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'bc', '\n', '\r\n', '\r', 'é')), fc.array(fc.nat(60)), (parts, cuts) => {
        const text = parts.join('')
        const points = [0, ...cuts.map(cut => cut % (text.length + 1)).sort((one, other) => one - other), text.length]
        const pieces = points.slice(1).map((end, index) => text.slice(points[index], end))
        expect(split(pieces)).toEqual(text.split(/[\r\n]+/).filter(line => line !== ''))
      }),
    )
  })

  test('that are too long are cut once, and the next one is whole', () => {
    expect(split(['12345', '678901234', '5\nnext\n'], 10)).toEqual(['123456789…', 'next'])
    expect(split([`${'x'.repeat(50)}\nnext`], 10)).toEqual([`${'x'.repeat(9)}…`, 'next'])
  })
})

test('secrets of the last starts stay hidden; those of hundreds of starts are not all searched for in every line', () => {
  const log = createLogBook({ clock: systemClock })
  const said = (text: string) => log.add('out', text, 'info').text
  for (let start = 0; start < 300; start += 1) log.hide(`secret-of-start-${start}!`)
  expect(said('secret-of-start-299! secret-of-start-298!')).toBe('*** ***')
  expect(said('secret-of-start-0!')).toBe('secret-of-start-0!')
})

describe('the flood brake', () => {
  test('passes ordinary output at once and whole', () => {
    const passed: string[] = []
    const brake = createFloodBrake(text => passed.push(text), { clock: systemClock })
    for (let index = 0; index < 100; index += 1) brake.push(`line ${index}\n`)
    expect(passed).toHaveLength(100)
  })

  test('of a flood keeps the newest and says what is missing; the last words always pass', async () => {
    let nowMs = 0
    const passed: string[] = []
    const clock = { wall: () => '', monotonicMs: () => nowMs }
    const brake = createFloodBrake(text => passed.push(text), { clock, burst: 100, perSecond: 1, everyMs: 20, tail: 50 })
    for (let index = 0; index < 200; index += 1) brake.push(`line ${index}\n`)
    await sleep(50)
    const text = passed.join('')
    expect(text).toContain('line 0\n')
    expect(text).toContain('line 199\n')
    expect(text).toMatch(/\(\d+ characters of output were left out/)
    expect(text.length).toBeLessThan(500)
    brake.push('the last words\n')
    brake.end()
    expect(passed.at(-1)).toBe('the last words\n')
    nowMs = 1_000_000
    brake.push('calm again\n')
    expect(passed.at(-1)).toBe('calm again\n')
  })
})

describe('the ring', () => {
  test('is held to a number of lines and to a size, and counts what it let go', () => {
    const book = createLogBook({ clock: systemClock, maxLines: 3, maxBytes: 1_000 })
    for (let index = 0; index < 5_000; index += 1) book.add('out', `line ${index}`, 'info')
    expect(book.lines().map(line => line.text)).toEqual(['line 4997', 'line 4998', 'line 4999'])
    expect(book.dropped()).toBe(4_997)
    book.add('out', 'x'.repeat(990), 'info')
    expect(book.lines()).toHaveLength(2)
    expect(book.since(book.mark() - 1).map(line => line.text.length)).toEqual([990])
  })

  test('opens with a snapshot and tells the rest in batches, none twice', async () => {
    const book = createLogBook({ clock: systemClock, batchMs: 10 })
    book.add('out', 'before', 'info')
    const events: LogEvent[] = []
    const stop = book.subscribe(event => events.push(event))
    for (let index = 0; index < 100; index += 1) book.add('err', `${index}`, 'warn')
    await sleep(40)
    book.add('out', 'later', 'info')
    book.close()
    book.add('out', 'after the end', 'info')
    stop()
    expect(events.map(event => [event.type, event.lines.length])).toEqual([
      ['snapshot', 1],
      ['lines', 100],
      ['lines', 1],
    ])
    expect(events.flatMap(event => event.lines.map(line => line.sequence))).toEqual(Array.from({ length: 102 }, (_, index) => index))
  })

  test('never holds the secret of a start', () => {
    const book = createLogBook({ clock: systemClock })
    book.hide('s3cr3t-of-this-start')
    expect(book.add('out', 'key=s3cr3t-of-this-start', 'info').text).toBe('key=***')
  })
})

describe('masking', () => {
  test.each([
    ['Authorization: Bearer abc.def-123', 'Authorization: Bearer ***'],
    ['{"authorization": "Basic dXNlcjpwYXNz"}', '{"authorization": "Basic ***"}'],
    ['HF_TOKEN=hf_AbCdEfGhIjKl', 'HF_TOKEN=hf_***'],
    ['using sk-proj-1234567890abcd now', 'using sk-*** now'],
    ['GET https://me:pw@hub.example/x', 'GET https://***@hub.example/x'],
    ['--api-key verysecretvalue', '--api-key ***'],
    ['api_key: "verysecretvalue"', 'api_key: "***"'],
    ['loaded 24 layers from user@host', 'loaded 24 layers from user@host'],
    ['tokens per second: 42', 'tokens per second: 42'],
  ])('%s', (text, masked) => expect(maskSecrets(text)).toBe(masked))

  test('a secret does not come out of any place in a line', () => {
    const secret = fc.stringMatching(/^hf_[A-Za-z0-9]{20,34}$/)
    const around = fc.string().map(text => text.replace(/[A-Za-z0-9_]/g, ' '))
    fc.assert(fc.property(around, secret, around, (before, token, after) => !maskSecrets(before + token + after).includes(token)))
  })
})

describe('the log file', () => {
  let folder = ''
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'rh-log-'))))
  afterEach(() => rm(folder, { recursive: true, force: true }))

  test('is turned over when full, the oldest goes, the newest line is in the first', async () => {
    const path = join(folder, 'deep', 'a.log')
    const file = createLogFile(path, { maxBytes: 1_000, files: 3 })
    for (let index = 0; index < 100; index += 1) {
      file.write(`line ${index} ${'x'.repeat(90)}`)
      await file.flush()
    }
    expect((await readdir(join(folder, 'deep'))).sort()).toEqual(['a.log', 'a.log.1', 'a.log.2'])
    expect(await readFile(path, 'utf8')).toContain('line 99 ')
    expect((await stat(path)).size).toBeLessThan(1_200)
    expect((await stat(path)).mode & 0o077).toBe(0)
  })

  test('a folder that cannot be written stops nobody', async () => {
    await writeFile(join(folder, 'file'), '')
    const file = createLogFile(join(folder, 'file', 'a.log'))
    file.write('one')
    await file.flush()
    file.write('two')
    await file.flush()
  })

  test('what a slow disk cannot take is left out and counted', async () => {
    const path = join(folder, 'b.log')
    const file = createLogFile(path, { maxPendingBytes: 100 })
    for (let index = 0; index < 50; index += 1) file.write('x'.repeat(20))
    await file.flush()
    file.write('after')
    await file.flush()
    const text = await readFile(path, 'utf8')
    expect(text).toMatch(/\(\d+ lines were left out/)
    expect(text.trimEnd().endsWith('after')).toBe(true)
  })
})
