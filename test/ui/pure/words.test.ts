import { describe, expect, test } from 'vitest'
import { warningParts } from '../../../renderer/features/home/machine-facts'
import { correctables, storedValue } from '../../../renderer/features/home/machine-corrections'
import { instanceOf } from '../../../renderer/features/home/instance-of'
import { contextStep, needInWords } from '../../../renderer/features/home/need-words'
import { commandText, startabilityOf, startRequestOf } from '../../../renderer/features/home/start-request'
import { jobLine, stepAside } from '../../../renderer/features/home/start-steps'
import { expectedOf, signedPercent, verdictRows } from '../../../renderer/features/home/verdict-rows'
import { checkAddress, checkFolder, checkPort } from '../../../renderer/features/settings/checks'
import { shortName } from '../../../renderer/features/shared/names'
import { sentence } from '../../../renderer/client/failure'
import {
  bytes,
  capacity,
  contextLength,
  dayAndTime,
  duration,
  figure,
  firstToken,
  firstTokenRange,
  memory,
  range,
} from '../../../renderer/ui/format'
import { makeDecision, need } from '../fixture-decision'
import { machine } from '../fixture-machine'
import { makeInstance, makeJob, makeStep } from '../fixture-run'

describe('numbers', () => {
  test.each([
    [memory(22_400), '21.9 GB'],
    [memory(412), '412 MB'],
    [memory(null), '–'],
    [capacity(24_564), '24 GB'],
    [capacity(64_000), '64 GB'],
    [capacity(15_620), '16 GB'],
    [capacity(11_264), '11 GB'],
    [capacity(24_576 * 3.3), '80 GB'],
    [bytes(4_600_000_000), '4.6 GB'],
    [bytes(312_400_000), '312 MB'],
    [bytes(999_600), '1.0 MB'],
    [bytes(17), '17 B'],
    [contextLength(8192), '8k'],
    [contextLength(131_072), '128k'],
    [contextLength(1_048_576), '1M'],
    [contextLength(256), '256'],
    [figure(97.2), '97'],
    [figure(1977.4), '1,977'],
    [figure(12.44), '12.4'],
    [figure(0.337), '0.34'],
    [range(85, 110), '85–110'],
    [range(85.1, 85.2), '85'],
    [duration(340, true), '340 ms'],
    [duration(340), '0.3 s'],
    [duration(161_000), '2 min 41 s'],
    [duration(59_700), '1 min'],
    [duration(7_290_000), '2 h 1 min'],
    [firstToken(281), '0.28 s'],
    [firstToken(25), '0.025 s'],
    [firstToken(12_400), '12.4 s'],
    [firstToken(null), '–'],
    [firstTokenRange(40, 130), '0.040–0.130 s'],
    [firstTokenRange(1_600, 2_100), '1.60–2.10 s'],
    [dayAndTime(new Date(2026, 10, 21, 9, 5).toISOString()), '2026-11-21 09:05'],
    [dayAndTime('never'), '–'],
    [sentence('Nothing is at /m'), 'Nothing is at /m.'],
    [sentence('Is it? It is.'), 'Is it? It is.'],
    [signedPercent(0.0333), '+3.3 %'],
    [signedPercent(-0.0667), '−6.7 %'],
    [signedPercent(0.1249), '+12 %'],
    [signedPercent(0.0001), '0.0 %'],
  ])('%s', (written, expected) => expect(written).toBe(expected))
})

describe('names', () => {
  test.each([
    ['NVIDIA GeForce RTX 4090', 'RTX 4090'],
    ['AMD Radeon RX 7900 XTX', 'RX 7900 XTX'],
    ['AMD Ryzen 9 7950X 16-Core Processor', 'Ryzen 9 7950X'],
    ['Intel(R) Core(TM) i7-1165G7 @ 2.80GHz', 'i7-1165G7'],
    ['Intel(R) Xeon(R) CPU @ 2.20GHz', 'Xeon'],
    ['Apple M4 Pro', 'Apple M4 Pro'],
  ])('%s is %s', (long, short) => expect(shortName(long)).toBe(short))
})

describe('machine', () => {
  test('a warning is cut at its reason, and left whole when it has none', () => {
    expect(warningParts('The iGPU is not used: it is slower.')).toEqual({ short: 'The iGPU is not used', why: 'it is slower.' })
    expect(warningParts('The driver is too old.')).toEqual({ short: 'The driver is too old.', why: null })
  })

  test('what a person types is checked and kept in the unit of the machine', () => {
    expect(storedValue('22', 'GB')).toBe(22_528)
    expect(storedValue(' 1008,5 ', 'GB/s')).toBe(1008.5)
    expect(storedValue('-3', 'cores')).toBeNull()
    expect(storedValue('many', 'cores')).toBeNull()
    expect(correctables(machine).find(each => each.path === 'gpus.gpu0.vramMiB')?.value).toBe(23.99)
  })
})

describe('start', () => {
  test('the request is the decision, with what the person changed', () => {
    expect(startRequestOf(makeDecision(), { slots: 2 })).toMatchObject({
      model: 'Qwen/Qwen3-8B:Q8_0',
      contextTokens: 8192,
      slots: 2,
      insist: false,
    })
    expect(startRequestOf(makeDecision({ libraryId: 'local/mine:Q8_0' })).model).toBe('local/mine:Q8_0')
  })

  test('a decision with a draft model is started with it', () => {
    const draft = {
      ...{
        model: 'Qwen/Qwen3-0.6B',
        title: 'Qwen3 0.6B',
        artifact: 'Q4_0',
        memoryMiB: 900,
        gain: 1.3,
        command: [],
        text: '',
        evidence: [],
      },
    }
    expect(startRequestOf(makeDecision({ draft })).draft).toBe('Qwen/Qwen3-0.6B:Q4_0')
    expect(startRequestOf(makeDecision({ draft: null })).draft).toBeNull()
  })

  test('what is blocked cannot be started, what does not fit can be insisted on', () => {
    const missing = (kind: 'model' | 'memory', blocked: boolean) => ({
      now: false,
      missing: [{ kind, text: 'so it is', bytes: null, ...(blocked ? { blocked } : {}) }],
    })
    expect(startabilityOf(makeDecision()).kind).toBe('start')
    expect(startabilityOf(makeDecision({ startable: missing('model', true) }))).toEqual({ kind: 'cannot', why: 'so it is' })
    expect(startabilityOf(makeDecision({ startable: missing('memory', false) })).kind).toBe('insist')
  })

  test('a command can be pasted into a shell', () => {
    expect(commandText(['llama-server', '--model', "it's here.gguf"])).toBe(String.raw`llama-server --model 'it'\''s here.gguf'`)
    expect(commandText(['llama-server.exe', '--model', "it's here.gguf"], 'win32')).toBe("llama-server.exe --model 'it''s here.gguf'")
    const options = Array.from({ length: 12 }, (_, index) => [`--option-${index}`, 'value']).flat()
    expect(commandText(['serve', ...options], 'win32').split(' `\n').length).toBeGreaterThan(1)
    const long = commandText(['serve', ...Array.from({ length: 12 }, (_, index) => [`--option-${index}`, 'value']).flat()])
    expect(long.split(' \\\n').length).toBeGreaterThan(1)
    expect(long.replaceAll(' \\\n ', '')).toBe(commandText(['serve']) + long.replaceAll(' \\\n ', '').slice('serve'.length))
  })

  test('steps and the job say where they are', () => {
    expect(
      stepAside(makeStep('load', { startedAt: '2026-01-15T11:31:00.000Z', endedAt: '2026-01-15T11:31:19.000Z', state: 'done' }), makeJob()),
    ).toBe('19 s')
    expect(stepAside(makeStep('canary', { state: 'skipped' }), makeJob())).toBe('not needed')
    expect(jobLine(makeJob())).toBe('Step 3 of 5, about 1 min 44 s left. You can close the window; it goes on.')
  })

  test('the instance of a start is its result, before that the youngest since', () => {
    const old = makeInstance({ id: 'old', startedAt: '2026-01-15T10:00:00.000Z' })
    const ours = makeInstance({ id: 'ours' })
    const attached = makeInstance({ id: 'attached', adopted: true })
    expect(instanceOf(makeJob(), [old, ours, attached])?.id).toBe('ours')
    expect(instanceOf(makeJob(), [old])).toBeUndefined()
    expect(instanceOf(makeJob({ result: 'old' }), [old, ours])?.id).toBe('old')
  })

  test('a verdict without a measurement keeps its estimate and says nothing more', () => {
    const rows = verdictRows(expectedOf(makeDecision()), null)
    expect(rows.map(row => [row.estimate, row.measured, row.off])).toEqual([
      ['97 tok/s', null, null],
      ['0.30 s', null, null],
      ['19.4 GB', null, null],
      ['8 × 8,192', null, null],
    ])
  })
})

test('the need in the few words of the bar', () => {
  expect(needInWords(need)).toBe('8 at once, RAG / API')
  expect(needInWords({ ...need, users: 1, model: 'qwen' })).toBe('just me, RAG / API, qwen')
  expect(contextStep(9000)).toBe(13)
})

test('settings are checked before they are sent', () => {
  expect([
    checkPort('4700'),
    checkFolder('/data/models'),
    checkFolder(String.raw`D:\models`),
    checkAddress('https://mirror.example'),
  ]).toEqual([null, null, null, null])
  for (const problem of [checkPort('80'), checkPort('99999'), checkFolder('models'), checkAddress('ftp://x'), checkAddress('mirror')]) {
    expect(problem).toMatch(/\.$/)
  }
})
