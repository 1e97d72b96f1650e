import { join } from 'node:path'
import { Failure } from '../../contract/failure'
import { ginGet } from './common-access-log'
import { loadStallMs } from './common-autopsy'
import { hugePagesEnvironment } from './common-huge-pages'
import { explainOllama } from './ollama.autopsy'
import { ollamaName } from './ollama.name'
import { readLevel, readLoaded, readPlacement, readProgress } from './ollama.reading'
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
  accessLog: ginGet,
  plan(input) {
    const running = input.build.origin === 'running'
    return {
      process: running ? { kind: 'attach' } : serveProcess(input),
      address: running ? addressOf(input) : `http://127.0.0.1:${input.port}`,
      headers: {},
      upstreamModel: ollamaName(input),
      readyPath: '/api/version',
      prepare: prepareSteps(input, running),
      ...(running ? {} : linkedStore(input)),
      notes: running ? keptSettings(input) : [],
      stallMs: 60_000,
      // Unloading its runner children took 1.7 s in the middle of a stream (seen with 0.17.4).
      stop: { graceMs: 10_000, secondSignal: false },
    }
  },
  progress: readProgress,
  level: readLevel,
  explain: explainOllama,
  placement: readPlacement,
  look: { path: '/api/ps', read: readLoaded },
  needsDigest: true,
  takesProjector: () => true,
  refusedFlags: {},
}

/** Everything is environment, `serve` has no flags (https://docs.ollama.com/faq; envconfig/config.go of ollama/ollama). */
function serveProcess(input: LaunchInput): LaunchPlan['process'] {
  const { build, contextTokens, kvQuantisation, slots } = input
  if (build.path === null) throw new Failure('not-installed', `${build.title} has no executable`)
  if (input.request.flags.length > 0) throw new Failure('bad-input', 'Ollama takes no flags.')
  const env = {
    OLLAMA_HOST: `127.0.0.1:${input.port}`,
    OLLAMA_MODELS: storeOf(input),
    // Else it takes away what no model names yet: the link to the file.
    OLLAMA_NOPRUNE: '1',
    OLLAMA_CONTEXT_LENGTH: String(contextTokens),
    OLLAMA_NUM_PARALLEL: String(slots),
    OLLAMA_MAX_LOADED_MODELS: '1',
    OLLAMA_KEEP_ALIVE: '-1',
    OLLAMA_NO_CLOUD: '1',
    ...(kvQuantisation === 'f16' ? {} : { OLLAMA_FLASH_ATTENTION: '1', OLLAMA_KV_CACHE_TYPE: kvQuantisation }),
    ...(input.hugePages ? hugePagesEnvironment : {}),
    ...settingsToArguments(ollamaSettings, input.request.settings, null).env,
  }
  return { kind: 'spawn', file: build.path, args: ['serve'], env, cwd: input.folder }
}

const storeOf = ({ folder }: LaunchInput) => join(folder, 'ollama-models')

/** Its blobs are the files themselves under the name of their hash, so a link is as good as a copy (seen with 0.17.4). */
function linkedStore(input: LaunchInput): Pick<LaunchPlan, 'links' | 'scratch'> {
  const at = (sha256: string) => join(storeOf(input), 'blobs', `sha256-${sha256}`)
  return { scratch: [storeOf(input)], links: filesOf(input).map(({ path, sha256 }) => ({ at: at(sha256), to: path })) }
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

/**
 * The model and what reads images for it: a second GGUF is recognised as a projector by its header (server/create.go of
 * ollama/ollama). One whose hash is not known stays out.
 */
function filesOf({ model, projector }: LaunchInput): { name: string; path: string; sha256: string }[] {
  const own = { name: 'model.gguf', path: model.path, sha256: model.sha256 ?? '' }
  return projector?.sha256 ? [own, { name: 'mmproj.gguf', path: projector.path, sha256: projector.sha256 }] : [own]
}

/** Upload (it asks first whether the blob is there), a manifest with our settings, and the load itself. */
function prepareSteps(input: LaunchInput, running: boolean): PrepareStep[] {
  const { model, contextTokens, threads, gpuLayers } = input
  if (model.sha256 === null) throw new Failure('bad-input', `${model.title} has no checksum yet, and Ollama takes files by their checksum.`)
  // The name of the first part of several (gguf-split of ggml-org/llama.cpp).
  if (/-\d{5}-of-\d{5}\.gguf$/i.test(model.path))
    throw new Failure('bad-input', `${model.title} lies in several files, and Ollama takes one. llama.cpp loads them as they are.`)
  const name = ollamaName(input)
  const parameters = {
    ...{ num_ctx: contextTokens, num_thread: threads },
    ...(gpuLayers === null ? {} : { num_gpu: gpuLayers }),
    // Only ours is given the environment that makes it pay.
    ...(input.hugePages && !running ? { use_mmap: false } : {}),
  }
  const loadMs = loadStallMs(model.facts?.bytes ?? null)
  const given = filesOf(input)
  return [
    ...given.map(({ path, sha256 }): PrepareStep => {
      const title = path === model.path ? 'Giving the file to Ollama' : 'Giving it what reads images'
      return { kind: 'upload', title, path: `/api/blobs/sha256:${sha256}`, file: path, timeoutMs: loadMs * 2 }
    }),
    {
      kind: 'json',
      title: 'Naming the model',
      method: 'POST',
      path: '/api/create',
      body: { model: name, files: Object.fromEntries(given.map(each => [each.name, `sha256:${each.sha256}`])), parameters, stream: false },
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
