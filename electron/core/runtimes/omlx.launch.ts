import { basename, dirname } from 'node:path'
import { Failure } from '../../contract/failure'
import type { Setting } from '../../contract/runtime'
import { uvicornGet } from './common-access-log'
import { causes, explainBy, loadStallMs, outOfMemory, type FailureRule } from './common-autopsy'
import { reasons, refuse } from './help-flags'
import { attachPlan } from './common-attach'
import type { Launch, LaunchInput, LaunchPlan } from './runtime'
import { settingsOf, toggle, words } from './setting-values'
import { settingsToArguments } from './settings'

const source = 'https://github.com/jundot/omlx'

export const omlxSettings: readonly Setting[] = [
  ...settingsOf({ group: 'memory', source }, [
    {
      ...{ id: 'modelMemory', title: 'Memory for models', flag: '--max-model-memory', value: words() },
      help: 'As 32GB; models beyond it are evicted, the one used least first.',
    },
    {
      ...{ id: 'processMemory', title: 'Memory for everything', flag: '--max-process-memory', value: words() },
      help: 'As 80% or 48GB; all but 8 GB when it is not set.',
    },
    {
      ...{ id: 'hotCache', title: 'Cache in memory', flag: '--hot-cache-max-size', value: words() },
      help: 'As 8GB: prompts that are kept ready without asking the SSD.',
    },
  ]),
  ...settingsOf({ group: 'speed', source }, [
    {
      ...{ id: 'ssdCache', title: 'Folder of the cache on the SSD', flag: '--paged-ssd-cache-dir', value: words() },
      help: 'Long prompts are brought back from there after they left the memory.',
    },
    {
      ...{ id: 'noCache', title: 'Without caches', flag: '--no-cache', value: toggle(false) },
      help: 'Every prompt is read anew.',
    },
  ]),
]

/** Flags: https://github.com/jundot/omlx. It keeps the flags of a start for ever, so ours get a base folder of their own. */
export const omlxLaunch: Launch = {
  accessLog: uvicornGet,
  plan: input => (input.build.origin === 'running' ? attachPlan(input) : spawnPlan(input)),
  progress: line => (/Uvicorn running on|Application startup complete/.test(line) ? { progress: null, step: 'oMLX is up' } : null),
  level: line => (/\bERROR\b|Traceback/.test(line) ? 'error' : /\bWARNING\b/.test(line) ? 'warn' : 'info'),
  explain: evidence => explainBy(rules, evidence),
  placement: (_lines, input) => ({
    ...{ text: 'on the GPU', gpuLayers: input.model.facts?.shape?.layers ?? null, layers: input.model.facts?.shape?.layers ?? null },
    ...{ verified: false, how: 'MLX computes on the GPU of the chip; it has no layers on the CPU to choose.' },
  }),
  refusedFlags: refuse(
    [['--host', '--port', '--model-dir', '--base-path'], reasons.chosen],
    [['--api-key'], reasons.visible],
    [['--max-concurrent-requests'], reasons.field],
  ),
}

function spawnPlan(input: LaunchInput): LaunchPlan {
  const { build, port, request, knownFlags, folder, model } = input
  if (build.path === null) throw new Failure('not-installed', `${build.title} has no executable`)
  const settings = settingsToArguments(omlxSettings, request.settings, knownFlags)
  const args = [
    ...['serve', '--base-path', folder, '--model-dir', dirname(model.path), '--host', '127.0.0.1', '--port', String(port)],
    ...['--max-concurrent-requests', String(Math.max(1, input.slots)), ...settings.args, ...request.flags],
  ]
  return {
    process: { kind: 'spawn', file: build.path, args, env: { HF_HUB_OFFLINE: '1' }, cwd: folder },
    address: `http://127.0.0.1:${port}`,
    headers: {},
    // A model is a folder, known by its name.
    upstreamModel: basename(model.path),
    readyPath: '/health',
    prepare: [],
    notes: settings.dropped.map(each => each.why),
    stallMs: loadStallMs(model.facts?.bytes ?? null),
    stop: { graceMs: 10_000, secondSignal: false },
  }
}

const rules: readonly FailureRule[] = [
  { proof: /address already in use/i, explain: causes.portTaken },
  {
    proof:
      /kIOGPUCommandBufferCallbackErrorOutOfMemory|metal::malloc|Insufficient Memory|exceeds? (?:the )?(?:memory limit|max[_-]model[_-]memory)|would exceed the memory ceiling|memory limit exceeded/i,
    explain: outOfMemory('the weights and the caches together'),
  },
  { proof: /Model type (\S+) not supported/, explain: (evidence, match) => causes.unknownArchitecture(match[1] ?? null)(evidence) },
  {
    proof: /unrecognized arguments: (\S+)|No such option:? (\S+)/,
    explain: (_evidence, match) => causes.badFlag(match[1] ?? match[2] ?? null)(),
  },
]
