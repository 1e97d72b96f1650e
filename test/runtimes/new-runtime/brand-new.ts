import { join } from 'node:path'
import { Failure } from '../../../electron/contract/failure'
import { openaiLaunch } from '../../../electron/core/runtimes/common-attach'
import { can, cannot } from '../../../electron/core/runtimes/facts-judge'
import { parseHelpFlags, reasons, refuse } from '../../../electron/core/runtimes/help-flags'
import { defineRuntime, type Launch } from '../../../electron/core/runtimes/runtime'

const answers = join(import.meta.dirname, '..', '..', '..', 'resources', 'canary', 'golden.json')

const launch: Launch = {
  ...openaiLaunch,
  plan({ build, model, route, port, contextTokens, key }) {
    if (build.path === null) throw new Failure('not-installed', `${build.title} has no executable`)
    const args = ['--model', model.path, '--name', route, '--port', String(port), '--context', String(contextTokens), '--answers', answers]
    return {
      process: { kind: 'spawn', file: build.path, args, env: { BRAND_NEW_KEY: key }, cwd: null },
      address: `http://127.0.0.1:${port}`,
      headers: { authorization: `Bearer ${key}` },
      upstreamModel: route,
      readyPath: '/v1/models',
      prepare: [],
      stallMs: 20_000,
      stop: { graceMs: 2_000, secondSignal: false },
    }
  },
  progress: line => (line.startsWith('listening on') ? { progress: 1, step: 'Loaded' } : null),
  refusedFlags: refuse([['--port', '--name'], reasons.chosen]),
}

/** The one file of a new runtime, whole: nothing else of the app knows it. Its program is the fake beside this file. */
export const brandNew = defineRuntime({
  id: 'brand-new',
  tier: 'second',
  title: 'Brand New',
  purpose: 'Shows what a runtime needs.',
  homepage: 'https://example.org',
  judge: machine => (machine.os.platform === 'win32' ? cannot('It runs on Linux and macOS only.') : can(['cpu'])),
  facts: {
    ...{ matrix: {}, matrixSource: 'A test of the conformance suite', formats: ['gguf'], fulfils: {}, madeFor: {}, traits: [] },
    ...{ concurrency: { kind: 'queue', comfortableUsers: 1 }, givesUp: [], memory: { overheadMiB: { cpu: 1 }, reservedShare: null } },
    speedFactor: { cpu: 1 },
  },
  builds: [
    {
      kind: 'program',
      title: 'Brand New',
      find: {
        ...{ commands: ['brand-new'], places: {}, versionArguments: ['--version'] },
        flags: { arguments: ['--help'], parse: parseHelpFlags },
      },
      parseVersion: output => /^brand-new (\S+)$/m.exec(output)?.[1] ?? null,
      installs: () => [],
    },
  ],
  render: request => ['brand-new', '--model', request.model.path ?? request.model.id, '--port', String(request.port)],
  launch,
})
