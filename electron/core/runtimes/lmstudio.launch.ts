import { basename } from 'node:path'
import { Failure } from '../../contract/failure'
import type { LogLine, Proof } from '../../contract/instance'
import { loadStallMs } from './common-autopsy'
import { reasons, refuse } from './help-flags'
import { attachPlan } from './common-attach'
import { explainLmstudio } from './lmstudio.autopsy'
import { lmstudioSettings } from './lmstudio.settings'
import type { Launch, LaunchInput, LaunchPlan, ServiceStep } from './runtime'
import { checkSettings, settingsToArguments } from './settings'

/**
 * LM Studio is a service of its own, with or without its window. Its command line wakes it, opens its server, links the file
 * into its models folder and loads it under our name; what was up before stays up.
 * Commands: https://lmstudio.ai/docs/cli and https://github.com/lmstudio-ai/lms (src/subcommands).
 */
export const lmstudioLaunch: Launch = {
  plan: input => (input.build.origin === 'running' ? attachPlan(input) : servicePlan(input)),
  progress: readProgress,
  level: readLevel,
  explain: explainLmstudio,
  placement: readPlacement,
  takesProjector: build => build.origin !== 'running',
  refusedFlags: refuse(
    [['--identifier', '--exact'], 'Roundhouse chooses it, so that it finds the model again.'],
    [['--host'], 'Another machine is attached by its address.'],
    [['--estimate-only'], 'It would load nothing.'],
    [['-c', '--context-length', '--parallel'], reasons.field],
  ),
}

const wakeMs = 60_000
const commandMs = 30_000

function servicePlan(input: LaunchInput): LaunchPlan {
  const { build, port, folder } = input
  if (build.path === null) throw new Failure('not-installed', `${build.title} has no command line`)
  const settings = settingsOf(input)
  return {
    process: {
      kind: 'service',
      file: build.path,
      steps: stepsOf(input, settings.args),
      watch: ['log', 'stream', '--source', logSourceOf(input)],
      // A server that was up before listens where its owner wants it.
      address: { args: ['server', 'status', '--json', '--quiet'], parse: parseServerAddress },
      env: {},
      cwd: folder,
    },
    address: `http://127.0.0.1:${port}`,
    headers: {},
    upstreamModel: identifierOf(input),
    readyPath: '/v1/models',
    prepare: [],
    notes: settings.dropped.map(each => each.why),
    stallMs: loadStallMs(input.model.facts?.bytes ?? null),
    // Unloading and closing its server are commands of their own.
    stop: { graceMs: 40_000, secondSignal: false },
  }
}

function stepsOf(input: LaunchInput, loadArguments: readonly string[]): ServiceStep[] {
  const { model, port } = input
  const { repository, path } = placeOf(input)
  const identifier = identifierOf(input)
  const link = ['import', model.path, '--user-repo', repository, '-y']
  return [
    {
      ...{ title: 'Waking LM Studio', args: ['daemon', 'up'], timeoutMs: wakeMs, undo: ['daemon', 'down'] },
      unless: { args: ['daemon', 'status', '--json'], matches: /"status"\s*:\s*"running"/ },
    },
    {
      ...{ title: 'Opening its server', args: ['server', 'start', '--port', String(port)], timeoutMs: wakeMs, undo: ['server', 'stop'] },
      unless: { args: ['server', 'status', '--json', '--quiet'], matches: /"running"\s*:\s*true/ },
    },
    {
      ...{ title: 'Linking the file, without a copy', args: [...link, '--hard-link'], timeoutMs: commandMs },
      // A hard link cannot leave its disk; a symbolic one can.
      orElse: { when: /EXDEV|cross-device/i, args: [...link, '--symbolic-link'] },
      accepts: /Target file already exists/,
    },
    ...projectorSteps(input, repository),
    {
      title: 'Loading the weights',
      args: ['load', path, '--exact', '--identifier', identifier, ...loadArguments, '-y'],
      timeoutMs: loadStallMs(model.facts?.bytes ?? null) * 2,
      undo: ['unload', identifier],
    },
    // It says size and state of what is loaded, which nothing else does.
    { title: 'Looking at what is loaded', args: ['ps', '--json'], timeoutMs: commandMs, accepts: /^/ },
  ]
}

/** It reads images with a projector that lies in the folder of the model (https://lmstudio.ai/docs/app/advanced/import-model). */
function projectorSteps({ projector }: LaunchInput, repository: string): ServiceStep[] {
  if (!projector) return []
  const link = ['import', projector.path, '--user-repo', repository, '-y']
  return [
    {
      ...{ title: 'Linking what reads images', args: [...link, '--hard-link'], timeoutMs: commandMs },
      orElse: { when: /EXDEV|cross-device/i, args: [...link, '--symbolic-link'] },
      // Without it the model answers text.
      accepts: /^/,
    },
  ]
}

/** `lms load` takes a share of the layers, not a number of them. */
function settingsOf(input: LaunchInput) {
  const { contextTokens, slots, gpuLayers, request, knownFlags, model } = input
  checkSettings(lmstudioSettings, request.settings)
  const { logSource: _, ...values } = request.settings ?? {}
  const layers = model.facts?.shape?.layers ?? null
  const share =
    gpuLayers === null ? null : gpuLayers === 0 ? 'off' : layers === null || gpuLayers >= layers ? 'max' : ratio(gpuLayers, layers)
  const rendered = settingsToArguments(lmstudioSettings, values, knownFlags)
  const own = [
    ...['--context-length', String(contextTokens)],
    ...(share === null || values['gpu'] !== undefined ? [] : ['--gpu', share]),
    ...(slots > 1 ? ['--parallel', String(slots)] : []),
  ]
  return { args: [...own, ...rendered.args, ...request.flags], dropped: rendered.dropped }
}

const ratio = (part: number, whole: number) => (Math.floor((part / whole) * 100) / 100).toString()

const logSourceOf = ({ request }: LaunchInput): string => {
  const chosen = request.settings?.['logSource']
  return typeof chosen === 'string' ? chosen : 'server'
}

const clean = (text: string) => text.replaceAll(/[^A-Za-z0-9._-]+/g, '-').replaceAll(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '')

/** Where the link lies in LM Studio's models folder: publisher, repository and file, the path that `lms load` knows it by. */
export function placeOf({ model }: Pick<LaunchInput, 'model'>): { repository: string; path: string } {
  const repository = `roundhouse/${clean(model.id).toLowerCase().slice(0, 90)}`
  return { repository, path: `${repository}/${basename(model.path.replaceAll('\\', '/'))}` }
}

/** The name in its API. It differs from its own names, so that unloading can only ever mean ours. */
export const identifierOf = ({ route }: Pick<LaunchInput, 'route'>): string => `roundhouse-${clean(route).toLowerCase()}`

/** `{"running":true,"port":1234}`, with other words of the command around it. */
export function parseServerAddress(output: string): string | null {
  const port = /\{[^{}]*"port"\s*:\s*(\d+)[^{}]*\}/.exec(output)?.[1]
  return port === undefined ? null : `http://127.0.0.1:${port}`
}

function readProgress(line: string): { progress: number | null; step: string } | null {
  const step = /^step: (.+)$/.exec(line)?.[1]
  if (step !== undefined) return { progress: null, step }
  const percent = /Loading\b.*?(\d{1,3}(?:\.\d+)?)\s?%/.exec(line)?.[1]
  if (percent !== undefined) return { progress: Math.min(1, Number(percent) / 100), step: 'Loading the weights' }
  return /Model loaded successfully/.test(line) ? { progress: 1, step: 'Loaded' } : null
}

function readLevel(line: string): LogLine['level'] {
  if (/^(?:Error|E )|\[ERROR\]|Failed to/i.test(line)) return 'error'
  return /^(?:Warning|W )|\[WARN\]/i.test(line) ? 'warn' : 'info'
}

/** It does not tell where layers are; what was asked is said as what it is. */
function readPlacement(_lines: readonly string[], input: LaunchInput): Proof['placement'] {
  const layers = input.model.facts?.shape?.layers ?? null
  const asked = input.gpuLayers === null ? 'as LM Studio chose' : input.gpuLayers === 0 ? 'asked for the CPU' : 'asked for the GPU'
  return {
    text: `${asked}; it does not tell`,
    gpuLayers: null,
    layers,
    verified: false,
    how: 'LM Studio has no way to ask where the layers of a loaded model are.',
  }
}
