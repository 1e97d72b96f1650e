import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startRequestSchema, type LogLine, type StartRequest } from '../../../electron/contract/instance'
import type { Build } from '../../../electron/contract/runtime'
import type { ExitEvidence, LaunchInput } from '../../../electron/core/runtimes/runtime'
import { machineOf } from '../recommend/machines'

/** A recorded log; logs/README.md says what each was recorded from. */
export const recorded = (name: string) =>
  readFileSync(join(import.meta.dirname, 'logs', `${name}.txt`), 'utf8')
    .trimEnd()
    .split('\n')

export const buildOf = (changes: Partial<Build> = {}): Build => ({
  ...{ id: 'llama.cpp@b11669+llama-server', runtime: 'llama.cpp', kind: 'llama-server', title: 'llama-server b11669', version: 'b11669' },
  ...{ variant: null, origin: 'adopted', path: '/opt/llama/llama-server', backends: ['cpu'], notes: [] },
  ...changes,
})

type Changes = Partial<Omit<LaunchInput, 'request' | 'build'>> & { request?: Partial<StartRequest>; build?: Partial<Build> }

export const inputOf = ({ request, build, ...changes }: Changes = {}): LaunchInput => ({
  request: { ...startRequestSchema.parse({ runtime: 'llama.cpp', build: null, model: 'org/model:Q4_1' }), ...request },
  build: buildOf(build),
  model: { id: 'org/Model:Q4_1', title: 'Model', path: '/models/model.gguf', sha256: 'ab'.repeat(32), facts: null },
  ...{ route: 'org/Model:Q4_1', machine: machineOf(), contextTokens: 4096, slots: 2, threads: 7, gpuLayers: null, kvQuantisation: 'f16' },
  ...{ port: 8101, key: 'the secret', folder: '/home/roundhouse/run/one' },
  ...changes,
})

const lineOf = (text: string, sequence: number): LogLine => ({ sequence, at: '', stream: 'err', level: 'info', text })

export const evidenceOf = (lines: readonly string[], input: LaunchInput = inputOf()): ExitEvidence => ({
  input,
  lines: lines.map(lineOf),
  ...{ exitCode: 1, signal: null, portHolder: null, oomKilled: false, stalled: false },
  file: { exists: true, bytes: 1_000_000, magic: 'GGUF' },
})
