import { Failure } from '../../contract/failure'
import type { LogLine, Proof } from '../../contract/instance'
import { loadStallMs } from './common-autopsy'
import { hugePagesEnvironment } from './common-huge-pages'
import { explainLlamaCpp } from './common-llama-autopsy'
import { buildNumber, draftArguments, refusesDraft } from './llama-cpp.draft'
import { refusedLlamaFlags } from './llama-cpp.flags'
import { llamaCppSettings, promptCacheMiB } from './llama-cpp.settings'
import { xllamacppFlags, xllamacppLauncherOf } from './llama-cpp.xllamacpp'
import type { Launch, LaunchInput, LaunchPlan } from './runtime'
import { settingsToArguments } from './settings'

export const llamaCppLaunch: Launch = {
  plan(input) {
    return {
      process: processOf(input),
      address: `http://127.0.0.1:${input.port}`,
      headers: { authorization: `Bearer ${input.key}` },
      upstreamModel: input.route,
      readyPath: '/health',
      prepare: [],
      notes: [...settingsOf(input).dropped.map(each => each.why), ...blindNotes(input)],
      ...withoutImages(input),
      stallMs: loadStallMs(input.model.facts?.bytes ?? null),
      // During a stream its server stays alive on the first SIGTERM until the client leaves; the second one ends it (seen with b11669).
      stop: { graceMs: 2_500, secondSignal: true },
    }
  },
  progress: readProgress,
  level: readLevel,
  explain: explainLlamaCpp,
  placement: readPlacement,
  refusesDraft,
  settingFlags,
  takesProjector: build => build.kind !== 'built-in',
  projectorRun,
  refusedFlags: refusedLlamaFlags,
}

function processOf(input: LaunchInput): LaunchPlan['process'] {
  const { build } = input
  if (build.kind === 'built-in') return engineProcess(input)
  if (build.path === null) throw new Failure('not-installed', `${build.title} has no executable`)
  const env = { LLAMA_API_KEY: input.key, ...(input.hugePages ? hugePagesEnvironment : {}) }
  const file = build.path
  if (build.kind === 'xllamacpp') {
    return { kind: 'spawn', file, args: [xllamacppLauncherOf(file), ...serverArguments(input)], env, cwd: input.folder }
  }
  return { kind: 'spawn', file, args: serverArguments(input), env, cwd: input.folder }
}

function engineProcess(input: LaunchInput): LaunchPlan['process'] {
  if (input.request.flags.length > 0) throw new Failure('bad-input', 'The built-in engine takes no extra flags; llama-server does.')
  return {
    kind: 'engine',
    options: {
      modelPath: input.model.path,
      alias: input.route,
      host: '127.0.0.1',
      port: input.port,
      contextTokens: input.contextTokens,
      slots: input.slots,
      threads: input.threads,
      gpuLayers: input.gpuLayers,
      kvQuantisation: input.kvQuantisation,
      draftPath: input.draft?.path ?? null,
      ...(input.hugePages ? { hugePages: true } : {}),
      insist: input.request.insist,
    },
    ...(input.hugePages ? { env: hugePagesEnvironment } : {}),
  }
}

/**
 * Flags of llama-server (https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md). `-c` is the total over
 * the slots. The key goes by LLAMA_API_KEY, since anyone on the machine can read a command line. Jinja templates are its default.
 */
function serverArguments(input: LaunchInput): string[] {
  const { model, kvQuantisation, slots } = input
  return [
    // A path that begins with a dash would be read as a flag.
    ...['-m', model.path.startsWith('-') ? `./${model.path}` : model.path],
    ...['--alias', input.route, '--host', '127.0.0.1', '--port', String(input.port)],
    ...['-c', String(input.contextTokens * slots), '-np', String(slots), '-t', String(input.threads)],
    ...(input.gpuLayers === null ? [] : ['-ngl', String(input.gpuLayers)]),
    ...(kvQuantisation === 'f16' ? [] : ['-ctk', kvQuantisation, '-ctv', kvQuantisation, '-fa', 'on']),
    ...['--metrics', '--no-webui'],
    ...flagsSince(input.build.version),
    ...projectorArguments(input),
    ...draftArguments(input),
    ...loadArguments(input),
    // Later ones win over ours, and what was typed by hand wins over all.
    ...settingsOf(input).args,
    ...input.request.flags,
  ]
}

/** Read instead of mapped. `--load-mode` took the place of `--no-mmap`; which of them a build has, it names in its help. */
function loadArguments({ hugePages, build, knownFlags }: LaunchInput): readonly string[] {
  if (!hugePages) return []
  const [current, earlier] = [['--load-mode', 'none'], ['--no-mmap']] as const
  // A launcher of ours that was installed earlier takes neither.
  const named = knownFlags ?? (build.kind === 'xllamacpp' ? xllamacppFlags : null)
  if (named) return [current, earlier].find(([flag]) => named.has(flag)) ?? []
  return buildNumber(build.version) >= currentBuild ? current : earlier
}

/** `--mmproj` (docs/multimodal.md of ggml-org/llama.cpp); a file that the person named comes later and wins. */
const projectorArguments = ({ projector }: LaunchInput): string[] =>
  projector ? ['--mmproj', projector.path.startsWith('-') ? `./${projector.path}` : projector.path] : []

/**
 * On the GPU unless it is kept off (`--no-mmproj-offload`), whatever layers of the model do; our launcher of the Python package keeps it
 * with a model that is kept off. Flash attention is the model's (docs/multimodal.md and common/arg.cpp of ggml-org/llama.cpp).
 */
function projectorRun({ build, request }: Parameters<NonNullable<Launch['projectorRun']>>[0]) {
  const flags = request.flags ?? []
  const valueOf = (...names: string[]) =>
    flags.find((each, index) => names.includes(flags[index - 1] ?? '') || names.some(name => each.startsWith(`${name}=`)))
  const offload = flags.findLast(each => /^--(?:no-)?mmproj-offload$/.test(each))
  const kept = build.kind === 'xllamacpp' && request.gpuLayers === 0
  const flash = valueOf('-fa', '--flash-attn') ?? request.settings?.['flashAttention']
  return {
    onGpu: offload === undefined ? !kept : offload === '--mmproj-offload',
    flashAttention: !/(?:^|=)(?:off|0|false|disabled)$/.test(String(flash)),
  }
}

/** node-llama-cpp has no part that reads images (seen with 3.21.1). */
const blindNotes = ({ build, projector }: LaunchInput): string[] =>
  projector && build.kind === 'built-in' ? [`${build.title} answers text only; start it with llama-server to send it images.`] : []

/** Its server refuses images without a projector with an error of its own (500), which says nothing of what to do. */
function withoutImages({ build, model, projector, request }: LaunchInput): Pick<LaunchPlan, 'withoutImages'> {
  if (build.kind === 'built-in')
    return { withoutImages: `${model.title} answers text only with ${build.title}; llama-server reads images.` }
  const named = request.settings?.['projector'] !== undefined || request.flags.some(flag => /^(?:-mm|--mmproj)(?:$|[=-])/.test(flag))
  if (projector || named) return {}
  return { withoutImages: `${model.title} answers text only: it was started without a file that reads images for it (a projector).` }
}

/** The engine that comes with the app takes none; the server from PyPI what its launcher names. */
function settingFlags({ build, knownFlags }: Pick<LaunchInput, 'build' | 'knownFlags'>): ReadonlySet<string> | null {
  if (build.kind === 'built-in') return new Set<string>()
  return knownFlags ?? (build.kind === 'xllamacpp' ? xllamacppFlags : null)
}

const settingsOf = (input: LaunchInput) => settingsToArguments(llamaCppSettings, input.request.settings, settingFlags(input))

/** From about these build numbers on the flags below are known; an older build would end at a flag that it does not know. */
const promptCacheBuild = 7_000
const currentBuild = 11_000

/** `-lv 4` shows where the layers went and what memory was taken, and no prompt (seen with 2026.10.11549). */
function flagsSince(version: string | null): string[] {
  const build = buildNumber(version)
  return [
    ...(build >= promptCacheBuild ? ['--cache-ram', String(promptCacheMiB)] : []),
    ...(build >= currentBuild ? ['-lv', '4', '--cors-origins', 'localhost', '--offline'] : []),
  ]
}

/** `0.00.003.557 I srv  load_model: ...` of llama-server; the engine's own lines and older builds have no such head. */
const head = /^\d+\.\d\d\.\d{3}\.\d{3} ([IWED]) /

const levels: Readonly<Record<string, LogLine['level']>> = { I: 'info', W: 'warn', E: 'error', D: 'debug' }

function readLevel(line: string): LogLine['level'] {
  const letter = head.exec(line)?.[1]
  if (letter !== undefined) return levels[letter] ?? 'info'
  if (/^(?:error|fatal)\b/i.test(line)) return 'error'
  return /^warn/i.test(line) ? 'warn' : 'info'
}

const steps: readonly (readonly [RegExp, { progress: number | null; step: string }])[] = [
  [/load_model: loading model|^listening on .*, loading/, { progress: 0, step: 'Opening the model' }],
  [/listening on http|^ready: |model loaded/, { progress: 1, step: 'Loaded' }],
  [/initializing, n_slots/, { progress: 0.97, step: 'Setting up the slots' }],
  [/warming up the model/, { progress: 0.95, step: 'Warming up' }],
  [/constructing llama_context/, { progress: 0.9, step: 'Making room for the context' }],
  [/load_tensors: loading model tensors/, { progress: 0.05, step: 'Reading the weights' }],
  [/fitting params to device memory/, { progress: null, step: 'Fitting it to the memory' }],
]

function readProgress(line: string): { progress: number | null; step: string } | null {
  const percent = /^load: (\d+) %/.exec(line)?.[1]
  // Weights are nine tenths of a load: what follows is short.
  if (percent !== undefined) return { progress: (Number(percent) / 100) * 0.9, step: 'Reading the weights' }
  return steps.find(([pattern]) => pattern.test(line))?.[1] ?? null
}

function readPlacement(lines: readonly string[], input: LaunchInput): Proof['placement'] | null {
  const own = lastMatch(lines, /^layers: (\d+) of (\d+) on /)
  if (own)
    return placement({ gpuLayers: own[0], layers: own[1], device: null, how: 'The engine counted its layers by device after the load.' })
  const device = lines.map(line => /(?:load_tensors|llm_load_tensors): +(\S+?)(?:_Mapped)? model buffer size/.exec(line)?.[1]).filter(isGpu)
  const offloaded = lastMatch(lines, /offloaded (\d+)\/(\d+) layers to GPU/)
  if (offloaded) {
    const how = 'Its log names the layers that were offloaded.'
    return placement({ gpuLayers: offloaded[0], layers: offloaded[1], device: device.join(', ') || null, how })
  }
  const onCpu = lines.some(line => /CPU\S* model buffer size/.test(line)) && device.length === 0
  const layers = input.model.facts?.shape?.layers ?? null
  // llama.cpp counts the output layer as one more.
  return onCpu
    ? placement({ gpuLayers: 0, layers: layers === null ? null : layers + 1, device: null, how: 'Its log names memory of the CPU only.' })
    : null
}

const isGpu = (name: string | undefined): name is string => name !== undefined && !/^(?:CPU|BLAS|AMX)/.test(name)

function lastMatch(lines: readonly string[], pattern: RegExp): readonly [number, number] | null {
  const match = pattern.exec(lines.findLast(line => pattern.test(line)) ?? '')
  return match ? [Number(match[1]), Number(match[2])] : null
}

function placement(found: { gpuLayers: number; layers: number | null; device: string | null; how: string }): Proof['placement'] {
  const { gpuLayers, layers, how } = found
  const where = found.device ?? 'the GPU'
  const text =
    gpuLayers === 0
      ? 'on the CPU'
      : gpuLayers === layers
        ? `all ${gpuLayers} layers on ${where}`
        : `${gpuLayers} of ${layers ?? 'unknown'} layers on ${where}, the rest on the CPU`
  return { text, gpuLayers, layers, verified: true, how }
}
