import { describe, expect, test } from 'vitest'
import { startRequestSchema, type LogLine } from '../../../electron/contract/instance'
import type { ExitEvidence, LaunchInput } from '../../../electron/core/runtimes/runtime'
import { autopsyOf, maxProvingLines, type Circumstance } from '../../../electron/core/supervisor/autopsy'

const line = (text: string, level: LogLine['level'] = 'info', stream: LogLine['stream'] = 'err'): LogLine => ({
  sequence: 0,
  at: '',
  stream,
  level,
  text,
})

const input = {
  request: startRequestSchema.parse({ runtime: 'r', build: null, model: 'm' }),
  build: { id: 'r@1', title: 'R 1' },
  model: { id: 'm', title: 'M', path: '/m.gguf', sha256: null, facts: null },
  ...{ contextTokens: 4096, slots: 2, port: 20_001 },
} as unknown as LaunchInput

const evidenceOf = (change: Partial<ExitEvidence>): ExitEvidence => ({
  input,
  lines: [],
  exitCode: 1,
  signal: null,
  file: { exists: true, bytes: 1_000, magic: 'GGUF' },
  portHolder: null,
  oomKilled: false,
  stalled: false,
  ...change,
})

const explain = (change: Partial<ExitEvidence>, circumstance: Circumstance = { kind: 'exited', why: null }) =>
  autopsyOf({ circumstance, evidence: evidenceOf(change), launch: { explain: () => null }, at: '2026-01-01T00:00:00.000Z' })

describe('the general rules', () => {
  test.each([
    ['bind: Address already in use', 'port-taken', false],
    ['ggml: cudaMalloc failed: out of memory', 'out-of-memory', false],
    ['terminate called after throwing std::bad_alloc', 'out-of-memory', false],
    ['CUDA error: an illegal memory access was encountered', 'gpu-lost', false],
    ['NVRM: Xid (PCI:0000:01:00): 79, GPU has fallen off the bus', 'gpu-lost', false],
    ['x: error while loading shared libraries: libcudart.so.12: cannot open shared object file', 'library-missing', true],
    ['main.py: error: unrecognized arguments: --nope', 'bad-flag', true],
  ])('%s', (text, cause, permanent) => {
    expect(explain({ lines: [line('something else'), line(text), line('later')] })).toMatchObject({ cause, permanent, lines: [text] })
  })

  test.each<[Partial<ExitEvidence>, string, boolean]>([
    [{ file: { exists: false, bytes: null, magic: null } }, 'file-missing', true],
    [{ file: { exists: true, bytes: 9, magic: '<htm' } }, 'not-a-gguf', true],
    [{ exitCode: 127 }, 'executable-missing', true],
    [{ exitCode: null, signal: 'SIGILL' }, 'wrong-processor', true],
    [{ exitCode: null, signal: 'SIGBUS' }, 'model-changed', false],
    [{ exitCode: null, signal: 'SIGKILL', oomKilled: true }, 'out-of-memory', false],
    [{ exitCode: null, signal: 'SIGKILL' }, 'killed', false],
    [{ exitCode: null, signal: 'SIGSEGV' }, 'crashed', false],
    [{ exitCode: 0 }, 'ended', false],
    [{ exitCode: 9 }, 'crashed', false],
  ])('%o is %s', (change, cause, permanent) => {
    expect(explain(change)).toMatchObject({ cause, permanent })
  })

  test('a note of ours proves nothing', () => {
    expect(explain({ lines: [line('Start 1: x --say out of memory', 'info', 'note')] }).cause).toBe('crashed')
  })
})

test('what proves it: the complaints, at most twenty, else the last words', () => {
  const many = Array.from({ length: 50 }, (_, index) => line(`trouble ${index}`, 'error'))
  const { lines } = explain({ lines: [...many, line('calm')] })
  expect(lines).toHaveLength(maxProvingLines)
  expect(lines.at(-1)).toBe('trouble 49')
  expect(explain({ lines: [line('calm'), line('calmer')] }).lines).toEqual(['calm', 'calmer'])
})

test('what we saw ourselves comes first, then the adapter, then the rules; an adapter that throws costs nothing', () => {
  const lines = [line('out of memory')]
  const explanation = { cause: 'own', headline: 'h', explanation: 'e', permanent: true, lines: ['l'], fixes: [] }
  const at = ''
  const adapter = { explain: () => explanation }
  const exited: Circumstance = { kind: 'exited', why: null }
  expect(autopsyOf({ circumstance: exited, evidence: evidenceOf({ lines }), launch: adapter, at }).cause).toBe('own')
  expect(autopsyOf({ circumstance: { kind: 'unresponsive', why: null }, evidence: evidenceOf({ lines }), launch: adapter, at }).cause).toBe(
    'not-answering',
  )
  const broken = {
    explain: () => {
      throw new Error('a bug')
    },
  }
  expect(autopsyOf({ circumstance: exited, evidence: evidenceOf({ lines }), launch: broken, at }).cause).toBe('out-of-memory')
})

test('a port that the person fixed is not tried again with another', () => {
  const request = startRequestSchema.parse({ runtime: 'r', build: null, model: 'm', port: 20_001 })
  const change = { lines: [line('EADDRINUSE')], input: { ...input, request }, portHolder: 'nginx (process 7)' }
  expect(explain(change)).toMatchObject({ cause: 'port-taken', permanent: true, explanation: 'nginx (process 7) listens there.' })
})

test('what it answered when it was given the file is read by the adapter as well', () => {
  const why = 'Naming the model: the runtime answered 500: offset+size (2) exceeds file size (1)'
  const launch = {
    explain: ({ lines }: ExitEvidence) =>
      lines.some(({ text }) => text.includes('exceeds file size'))
        ? { cause: 'truncated', headline: 'A part is missing', explanation: '', permanent: true, lines: [why], fixes: [] }
        : null,
  }
  const said = { evidence: evidenceOf({ exitCode: null }), launch, at: '' }
  expect(autopsyOf({ ...said, circumstance: { kind: 'not-ready', why } })).toMatchObject({ cause: 'truncated', lines: [why] })
  expect(autopsyOf({ ...said, circumstance: { kind: 'stalled', why: null } }).cause).not.toBe('truncated')
})
