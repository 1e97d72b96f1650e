import { expect, test } from 'vitest'
import { startRequestSchema } from '../../../electron/contract/instance'
import { renderCommand } from '../../../electron/core/builds/render'
import { runtimes } from '../../../electron/core/runtimes/registry'
import { machineOf } from '../recommend/machines'

const runtime = runtimes.find(each => each.id === 'llama.cpp')

function rendered(kind: string, settings: Record<string, number | string>, knownFlags: ReadonlySet<string> | null = null) {
  if (!runtime) throw new Error('it is not in the registry')
  const build = {
    ...{ id: `llama.cpp@1+${kind}`, runtime: 'llama.cpp', kind, title: 'The build', version: '11669', variant: null },
    ...{ origin: 'managed' as const, path: '/builds/one/venv/bin/python', backends: ['cpu'], notes: [] },
  }
  const request = startRequestSchema.parse({ runtime: 'llama.cpp', build: null, model: 'org/small:Q8_0', settings })
  return renderCommand({ runtime, build, request, model: null, machine: machineOf(), knownFlags })
}

test.each(['built-in', 'xllamacpp'])('what %s cannot pass is told beside its setting, not left out in silence', kind => {
  const { command, problems } = rendered(kind, { batch: 1024 })
  expect(command.join(' ')).not.toContain('--batch-size')
  expect(problems).toMatchObject([{ kind: 'unknown-flag', setting: 'batch', text: expect.stringContaining('--batch-size') as string }])
})

test('what a build takes is in its command, and nothing is told of it', () => {
  expect(rendered('xllamacpp', { cacheRam: 64 })).toMatchObject({ problems: [], command: expect.arrayContaining(['64']) as string[] })
  const server = rendered('llama-server', { batch: 1024 }, new Set(['--batch-size']))
  expect(server).toMatchObject({ problems: [], command: expect.arrayContaining(['--batch-size', '1024']) as string[] })
})
