import { Failure } from '../../contract/failure'
import type { LogLine } from '../../contract/instance'
import { usableGpus } from './facts-judge'
import { causes, explainBy, loadStallMs, outOfMemory, retryFix, type FailureRule } from './common-autopsy'
import { koboldcppSettings } from './koboldcpp.settings'
import { cpuFix } from './common-ggml.autopsy'
import { explainLlamaCpp } from './common-llama-autopsy'
import { reasons, refuse } from './help-flags'
import { attachPlan } from './common-attach'
import type { Launch, LaunchInput, LaunchPlan } from './runtime'
import { settingsToArguments } from './settings'

/** Flags: https://github.com/LostRuins/koboldcpp/wiki */
export const koboldcppLaunch: Launch = {
  plan: input => (input.build.origin === 'running' ? attachPlan(input) : spawnPlan(input)),
  progress: line => readProgress(line),
  level: readLevel,
  // Below its own words are those of the llama.cpp that it is built on.
  explain: evidence => explainLlamaCpp(evidence) ?? explainBy(rules, evidence),
  placement: (lines, input) => {
    const match = /offloaded (\d+)\/(\d+) layers to GPU/.exec(lines.findLast(line => line.includes('layers to GPU')) ?? '')
    const layers = input.model.facts?.shape?.layers ?? null
    if (!match)
      return input.gpuLayers === 0
        ? { text: 'on the CPU', gpuLayers: 0, layers, verified: false, how: 'It was told to use the CPU.' }
        : null
    const [on, of] = [Number(match[1]), Number(match[2])]
    const text =
      on === 0 ? 'on the CPU' : on === of ? `all ${of} layers on the GPU` : `${on} of ${of} layers on the GPU, the rest on the CPU`
    return { text, gpuLayers: on, layers: of, verified: true, how: 'Its log names the layers that were offloaded.' }
  },
  takesProjector: build => build.origin !== 'running',
  refusedFlags: refuse(
    [['--host', '--port', '--model', '--config', '--routermode'], reasons.chosen],
    [['--contextsize', '--gpulayers', '--threads', '--quantkv'], reasons.field],
    [['--admin', '--admindir', '--remotetunnel', '--onready', '--savedatafile'], reasons.open],
    [['--password'], reasons.visible],
  ),
}

const quantisedKv = { f16: '0', q8_0: '1', q4_0: '2' } as const

function spawnPlan(input: LaunchInput): LaunchPlan {
  const { build, port, request, knownFlags, folder, model } = input
  if (build.path === null) throw new Failure('not-installed', `${build.title} has no executable`)
  const settings = settingsToArguments(koboldcppSettings, request.settings, knownFlags)
  const args = [
    ...['--skiplauncher', '--model', model.path, '--host', '127.0.0.1', '--port', String(port)],
    ...['--contextsize', String(input.contextTokens), '--threads', String(input.threads)],
    ...deviceArguments(input),
    ...(input.projector ? ['--mmproj', input.projector.path] : []),
    ...(input.kvQuantisation === 'f16' ? [] : ['--quantkv', quantisedKv[input.kvQuantisation], '--flashattention']),
    ...['--multiuser', String(Math.max(1, input.slots)), ...settings.args, ...request.flags],
  ]
  return {
    process: { kind: 'spawn', file: build.path, args, env: {}, cwd: folder },
    address: `http://127.0.0.1:${port}`,
    headers: {},
    upstreamModel: input.route,
    // It names the model once it is loaded; before, nothing listens.
    readyPath: '/api/v1/model',
    prepare: [],
    notes: settings.dropped.map(each => each.why),
    stallMs: loadStallMs(model.facts?.bytes ?? null),
    // The one file unpacks itself and starts a child: the whole group is ended.
    stop: { graceMs: 5_000, secondSignal: false },
  }
}

function deviceArguments({ machine, gpuLayers, build }: LaunchInput): string[] {
  if (machine.os.platform === 'darwin') return gpuLayers === null ? [] : ['--gpulayers', String(gpuLayers)]
  if (gpuLayers === 0 || usableGpus(machine).length === 0) return ['--usecpu']
  const cuda = usableGpus(machine, 'nvidia').length > 0 && build.variant !== 'nocuda'
  // -1 lets it work out how many fit.
  return [cuda ? '--usecuda' : '--usevulkan', '--gpulayers', String(gpuLayers ?? -1)]
}

const steps: readonly (readonly [RegExp, { progress: number | null; step: string }])[] = [
  [/Initializing dynamic library|Welcome to KoboldCpp/, { progress: 0, step: 'Unpacking itself' }],
  [/Loading (?:Text )?Model|load_tensors: loading model tensors/, { progress: 0.1, step: 'Reading the weights' }],
  [/llama_kv_cache|Starting model warm up/, { progress: 0.9, step: 'Making room for the context' }],
  [/Load Text Model OK: True|Please connect to custom endpoint/, { progress: 1, step: 'Loaded' }],
]

const readProgress = (line: string) => steps.find(([pattern]) => pattern.test(line))?.[1] ?? null

function readLevel(line: string): LogLine['level'] {
  if (/Load Text Model OK: False|^Error|Traceback|Could not load/i.test(line)) return 'error'
  return /^Warning|warn/i.test(line) ? 'warn' : 'info'
}

const rules: readonly FailureRule[] = [
  { proof: /Cannot find text model file|Model file not found/i, explain: causes.fileMissing },
  { proof: /(?:OSError|error).*Address already in use|port \d+ (?:is )?(?:already )?in use/i, explain: causes.portTaken },
  { proof: /unrecognized arguments: (\S+)/, explain: (_evidence, match) => causes.badFlag(match[1] ?? null)() },
  {
    proof: /cudaMalloc failed|out of memory|ErrorOutOfDeviceMemory|failed to allocate/i,
    explain: outOfMemory('the weights and the context together'),
  },
  { proof: /Unknown Model, cannot load|invalid magic/i, explain: causes.notAGguf },
  {
    // Seen with Vulkan after a driver update (LostRuins/koboldcpp issue 2296).
    proof: /OSError: exception: access violation|Could not load text model/,
    explain: () => ({
      cause: 'engine-crashed',
      headline: 'Its engine crashed while loading',
      explanation:
        'It says no more than that. Most often the part for this GPU and its driver do not get on: the CPU loads the same file, and so may another build.',
      permanent: false,
      fixes: [cpuFix, retryFix],
    }),
  },
]
