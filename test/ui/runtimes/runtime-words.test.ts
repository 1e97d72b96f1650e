import { expect, test } from 'vitest'
import { jobOf } from '../../../renderer/features/runtimes/runtime-words'
import { makeJob } from '../fixture-run'
import { makeBuild, makeRuntime } from './fixture-runtimes'

test('a model that could not be moved to a runtime does not make the runtime itself a failed one', () => {
  const runtime = makeRuntime({ builds: [makeBuild({ title: 'Alpha' })] })
  const install = makeJob({ id: '1', kind: 'install', title: 'Install Alpha', state: 'failed' })
  expect(jobOf(runtime, [install])).toBe(install)
  expect(jobOf(runtime, [makeJob({ id: '2', kind: 'import', title: 'Small: move to Alpha', state: 'failed' })])).toBeNull()
})
