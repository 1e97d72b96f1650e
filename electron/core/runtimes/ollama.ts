import type { RuntimeFacts } from './facts'
import { can, ggmlBackends, withoutCuda } from './facts-judge'
import { matrixSource } from './facts-source'
import { ollamaCreate } from './ollama.convert'
import { ollamaStore } from './ollama.store'
import { ollamaBuilds } from './ollama.builds'
import { readOllamaCommand } from './ollama.command'
import { ollamaLaunch } from './ollama.launch'
import { ollamaMetrics } from './ollama.metrics'
import { ollamaSettings } from './ollama.settings'
import { defineRuntime, type ApiFacts, type RenderRequest } from './runtime'

/** GPU targets of its ROCm libraries (https://docs.ollama.com/gpu). */
const rocmTargets = new Set([
  'gfx908',
  'gfx90a',
  'gfx942',
  'gfx950',
  'gfx1030',
  'gfx1100',
  'gfx1101',
  'gfx1102',
  'gfx1150',
  'gfx1151',
  'gfx1200',
  'gfx1201',
])

const facts: RuntimeFacts = {
  matrixSource,
  matrix: {
    throughput: {
      tier: 'strong',
      says: 'The inner engine at nearly full speed, if set up well.',
      now: 'On Macs it also has an MLX engine.',
    },
    concurrency: { tier: 'limited', says: 'Parallel requests are a setting; there is no scheduler behind it.' },
    maintenance: { tier: 'excellent', says: 'Installs and updates itself.' },
    reproducibility: { tier: 'strong', says: 'Models are pinned by digest; turn self-update off.' },
    os: { tier: 'strong', says: 'Linux, macOS and Windows.' },
    'lock-in': { tier: 'strong', says: 'Its blobs are GGUF files by another name.' },
    observability: { tier: 'acceptable', says: 'Logs and a debug switch, no metrics.' },
    'multi-gpu': { tier: 'acceptable', says: 'Uses several cards, without control over the shares.' },
    speculative: { tier: 'limited', says: 'Only as far as its inner engine lets through.' },
    edge: { tier: 'limited', says: 'Wants a full computer.' },
    cadence: { tier: 'strong', says: 'Point releases all the time.' },
  },
  formats: ['gguf'],
  fulfils: {
    'exact-quant': 'Any GGUF can be imported, though the catalogue offers few quantisations of each model.',
    'kv-quant': 'The KV cache can be quantised, for all models at once.',
    'multi-gpu': 'It spreads a model over several GPUs by itself.',
    'swap-models': 'It loads a model when asked for and frees the memory when idle.',
    headless: 'It runs as a service without a window.',
    'fixed-model': 'The digest of a model fixes its weights.',
  },
  madeFor: {
    chat: 'One command fetches and starts a model, and many programs look for this engine by themselves.',
    coding: 'Editors and agents support its address out of the box.',
  },
  traits: [
    ...['first-contact', 'self-updating', 'lazy-memory', 'loads-by-name', 'partial-offload', 'pins-by-hash', 'prefix-cache'],
    // It groups cards by the library that reaches them and loads a model on one group (llm/server.go, buildLayout).
    ...['single-binary', 'headless', 'silent-spill', 'known-to-tools', 'one-backend'],
  ],
  concurrency: { kind: 'queue', comfortableUsers: 2 },
  givesUp: [
    'It decides by itself how many layers go to the GPU, and may spill to the CPU without a word when the context grows.',
    'Its own default context depends on the VRAM and cuts longer prompts silently: Start sets it, what you start elsewhere has to.',
  ],
  memory: { overheadMiB: { cuda: 350, rocm: 400, vulkan: 300, metal: 200, cpu: 120 }, reservedShare: null },
  // 115 against 120 tok/s for one user (published: RTX 4090, Llama 3.1 8B Q4_K_M, one rig, April 2026).
  speedFactor: { cuda: 0.96, rocm: 0.96, vulkan: 0.96, metal: 0.96, cpu: 0.9 },
}

const ollamaApi: ApiFacts = {
  features: {
    chat: { support: 'native' },
    'stream-usage': { support: 'native' },
    completions: { support: 'native' },
    'stop-sequences': { support: 'native' },
    'max-tokens': { support: 'native' },
    seed: { support: 'native' },
    'json-schema': { support: 'native' },
    tools: { support: 'native', needs: 'a model whose template has tools', why: 'tool_choice has no effect.' },
    // Since 0.12.11 (seen with 0.17.4).
    logprobs: { support: 'native' },
    embeddings: { support: 'native', why: 'Of any model; those of a chat model are of little use.' },
    vision: { support: 'native', needs: 'a model that sees', why: 'Pictures are sent as base64.' },
    'list-models': { support: 'native' },
  },
  source: 'https://docs.ollama.com/api/openai-compatibility',
}

/** Environment and flags: https://docs.ollama.com/faq and https://docs.ollama.com/context-length */
export const ollama = defineRuntime({
  id: 'ollama',
  tier: 'first-class',
  title: 'Ollama',
  purpose: 'Gets a model running with one command, and is the address that most other tools expect.',
  homepage: 'https://ollama.com',
  judge(machine) {
    const backends = ggmlBackends(machine, rocmTargets).filter(backend => backend !== 'cann')
    return can(backends, { notes: withoutCuda(machine) })
  },
  facts,
  render: renderOllama,
  builds: ollamaBuilds,
  stores: [ollamaStore],
  conversions: [ollamaCreate],
  launch: ollamaLaunch,
  metrics: ollamaMetrics,
  readCommand: readOllamaCommand,
  settings: ollamaSettings,
  api: ollamaApi,
  securityFloor: {
    version: '0.35.0',
    why: 'A model pulled from a hostile registry could write a library that runs at its next start (CVE-2026-103663).',
    source: 'https://www.cve.org/CVERecord?id=CVE-2026-103663',
  },
  pins: ['version', 'digest of the model layer', 'digest of the manifest'],
})

/** It has no flags: everything but the model is environment. `env` keeps it one command line that can be pasted. */
function renderOllama(request: RenderRequest): string[] {
  const { kvQuantisation } = request
  const quantised = kvQuantisation !== null && kvQuantisation !== 'f16'
  return [
    'env',
    `OLLAMA_HOST=127.0.0.1:${request.port}`,
    `OLLAMA_CONTEXT_LENGTH=${request.contextTokens}`,
    `OLLAMA_NUM_PARALLEL=${request.slots}`,
    ...(quantised ? ['OLLAMA_FLASH_ATTENTION=1', `OLLAMA_KV_CACHE_TYPE=${kvQuantisation}`] : []),
    'ollama',
    'serve',
  ]
}
