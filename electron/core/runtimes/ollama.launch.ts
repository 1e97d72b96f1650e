import { join } from 'node:path'
import { Failure } from '../../contract/failure'
import type { LogLine, Proof } from '../../contract/instance'
import { causes, explainBy, loadStallMs, outOfMemory, retryFix, type FailureRule } from './common-autopsy'
import { ollamaSettings } from './ollama.settings'
import type { Launch, LaunchInput, LaunchPlan, PrepareStep } from './runtime'
import { checkSettings, settingsToArguments } from './settings'

/** How long a server that is not ours keeps the model after its last request; ours keeps it until it is stopped. */
const keepAliveOfOthers = '30m'

/**
 * A running server is attached to and never stopped; an installed one is started as ours, on a port and with a store of its
 * own. Both are given the GGUF under a name of ours (API: https://github.com/ollama/ollama/blob/main/docs/api.md).
 */
export const ollamaLaunch: Launch = {
  plan(input) {
    const running = input.build.origin === 'running'
    return {
      process: running ? { kind: 'attach' } : serveProcess(input),
      address: running ? addressOf(input) : `http://127.0.0.1:${input.port}`,
      headers: {},
      upstreamModel: ollamaName(input),
      readyPath: '/api/version',
      prepare: prepareSteps(input, running),
      notes: running ? keptSettings(input) : [],
      stallMs: 60_000,
      // Unloading its runner children took 1.7 s in the middle of a stream (seen with 0.17.4).
      stop: { graceMs: 10_000, secondSignal: false },
    }
  },
  progress: readProgress,
  level: readLevel,
  explain: evidence => explainBy(rules, evidence),
  placement: readPlacement,
  refusedFlags: {},
}

/** Everything is environment, `serve` has no flags (https://docs.ollama.com/faq; envconfig/config.go of ollama/ollama). */
function serveProcess(input: LaunchInput): LaunchPlan['process'] {
  const { build, contextTokens, kvQuantisation, slots } = input
  if (build.path === null) throw new Failure('not-installed', `${build.title} has no executable`)
  if (input.request.flags.length > 0) throw new Failure('bad-input', 'Ollama takes no flags.')
  const env = {
    OLLAMA_HOST: `127.0.0.1:${input.port}`,
    OLLAMA_MODELS: join(input.folder, 'ollama-models'),
    OLLAMA_CONTEXT_LENGTH: String(contextTokens),
    OLLAMA_NUM_PARALLEL: String(slots),
    OLLAMA_MAX_LOADED_MODELS: '1',
    OLLAMA_KEEP_ALIVE: '-1',
    OLLAMA_NO_CLOUD: '1',
    ...(kvQuantisation === 'f16' ? {} : { OLLAMA_FLASH_ATTENTION: '1', OLLAMA_KV_CACHE_TYPE: kvQuantisation }),
    ...settingsToArguments(ollamaSettings, input.request.settings, null).env,
  }
  return { kind: 'spawn', file: build.path, args: ['serve'], env, cwd: input.folder }
}

/** A server that runs already has its own environment. */
function keptSettings({ request }: LaunchInput): string[] {
  checkSettings(ollamaSettings, request.settings)
  const named = ollamaSettings.filter(each => request.settings?.[each.id] !== undefined)
  return named.map(each => `${each.title} was left out: this server was not started by Roundhouse and keeps its own.`)
}

function addressOf({ build }: LaunchInput): string {
  if (build.path === null) throw new Failure('not-found', `${build.title} has no address`)
  return build.path.replace(/\/+$/, '')
}

/** `org/name:Q4_1` -> `roundhouse-org-name:q4_1`, in the letters that Ollama allows in a name. */
export function ollamaName({ model }: Pick<LaunchInput, 'model'>): string {
  const [name = '', artifact = 'latest'] = splitAtLast(model.id, ':')
  const clean = (text: string) => text.replaceAll(/[^A-Za-z0-9._-]+/g, '-').replaceAll(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '')
  return `roundhouse-${clean(name)}:${clean(artifact)}`.toLowerCase()
}

function splitAtLast(text: string, separator: string): string[] {
  const at = text.lastIndexOf(separator)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

/** Upload (it asks first whether the blob is there), a manifest with our settings, and the load itself. */
function prepareSteps(input: LaunchInput, running: boolean): PrepareStep[] {
  const { model, contextTokens, threads, gpuLayers } = input
  if (model.sha256 === null) throw new Failure('bad-input', `${model.title} has no checksum yet, and Ollama takes files by their checksum.`)
  const name = ollamaName(input)
  const digest = `sha256:${model.sha256}`
  const parameters = { num_ctx: contextTokens, num_thread: threads, ...(gpuLayers === null ? {} : { num_gpu: gpuLayers }) }
  const loadMs = loadStallMs(model.facts?.bytes ?? null)
  return [
    { kind: 'upload', title: 'Giving the file to Ollama', path: `/api/blobs/${digest}`, file: model.path, timeoutMs: loadMs * 2 },
    {
      kind: 'json',
      title: 'Naming the model',
      method: 'POST',
      path: '/api/create',
      body: { model: name, files: { 'model.gguf': digest }, parameters, stream: false },
      timeoutMs: loadMs,
    },
    {
      kind: 'json',
      title: 'Loading the weights',
      method: 'POST',
      path: '/api/generate',
      body: { model: name, keep_alive: running ? keepAliveOfOthers : -1, stream: false },
      timeoutMs: loadMs,
    },
  ]
}

const levels: Readonly<Record<string, LogLine['level']>> = { DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' }

function readLevel(line: string): LogLine['level'] {
  const named = /\blevel=([A-Z]+)/.exec(line)?.[1]
  if (named !== undefined) return levels[named] ?? 'info'
  return /^Error:|^panic:|error loading model/.test(line) ? 'error' : 'info'
}

function readProgress(line: string): { progress: number | null; step: string } | null {
  if (/msg="Listening on/.test(line)) return { progress: null, step: 'Ollama is up' }
  if (/msg="(?:starting runner|starting llama server|loading model)"|llama_model_loader: loaded meta data/.test(line))
    return { progress: null, step: 'Reading the weights' }
  const share = /msg="model load progress ([\d.]+)"/.exec(line)?.[1]
  if (share !== undefined) return { progress: Number(share), step: 'Reading the weights' }
  return /msg="(?:llama runner|llama-server) started in/.test(line) ? { progress: 1, step: 'Loaded' } : null
}

/** It passes on what its llama.cpp says, in lines of the same words. */
function readPlacement(lines: readonly string[], input: LaunchInput): Proof['placement'] | null {
  const offloaded = /offloaded (\d+)\/(\d+) layers to GPU/.exec(lines.findLast(line => line.includes('layers to GPU')) ?? '')
  const how = 'Its log names the layers that were offloaded.'
  if (offloaded) {
    const [gpuLayers, layers] = [Number(offloaded[1]), Number(offloaded[2])]
    const text =
      gpuLayers === 0
        ? 'on the CPU'
        : gpuLayers === layers
          ? `all ${layers} layers on the GPU`
          : `${gpuLayers} of ${layers} layers on the GPU, the rest on the CPU`
    return { text, gpuLayers, layers, verified: true, how }
  }
  const cpuOnly =
    lines.some(line => /msg="inference compute".*library=cpu/.test(line)) &&
    !lines.some(line => /msg="inference compute".*library=(?!cpu)/.test(line))
  const layers = input.model.facts?.shape?.layers ?? null
  return cpuOnly
    ? {
        text: 'on the CPU',
        gpuLayers: 0,
        layers: layers === null ? null : layers + 1,
        verified: true,
        how: 'Its log names the CPU as the only device.',
      }
    : null
}

/** Seen with 0.17.4 unless another source is given. */
const rules: readonly FailureRule[] = [
  { proof: /listen tcp .*(?:address already in use|Only one usage of each socket address)/, explain: causes.portTaken },
  { proof: /supplied file was not in GGUF format|invalid file magic/, explain: causes.notAGguf },
  { proof: /is not within the file bounds|unexpected EOF/, explain: causes.truncated },
  {
    proof: /unknown model architecture: '([^']*)'|unsupported model architecture/,
    explain: (evidence, match) => causes.unknownArchitecture(match[1] ?? null)(evidence),
  },
  // llm/server.go of ollama/ollama.
  {
    proof: /model requires more system memory|unable to allocate \S+ buffer|failed to allocate buffer/,
    explain: outOfMemory('the weights and the context together'),
  },
  {
    proof: /could not create|permission denied|no space left on device/,
    explain: () => ({
      cause: 'folder-not-writable',
      headline: 'Ollama could not write its files',
      explanation: 'It keeps a copy of the model in a folder of its own; the disk is full or the folder may not be written to.',
      permanent: true,
      fixes: [retryFix],
    }),
  },
]
