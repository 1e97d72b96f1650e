import { Failure } from '../../contract/failure'
import type { LogLine, Proof } from '../../contract/instance'
import { loadStallMs } from './common-autopsy'
import { kvBytesPerToken } from './common-kv-cache'
import { inContainer } from './common-container'
import { checkSpelling, knownOnly, modelFolder, offlineEnvironment, programFolder, type FlagGroup } from './common-python'
import { draftFolder, draftNotes, refusesPythonDraft } from './common-python.draft'
import { memoryShareOf, tensorParallelOf } from './common-python.fit'
import { settingsToArguments } from './settings'
import type { Launch, LaunchInput, LaunchPlan } from './runtime'
import { explainVllm } from './vllm.autopsy'
import { cpuKind } from './vllm.builds'
import { toolParserOf } from './vllm.tools'
import { beginningsOfOthers, refusedVllmFlags } from './vllm.flags'
import { vllmSettings } from './vllm.settings'

/** Kernels are compiled without a word for minutes: six on two cores (seen with 0.32.0 on a CPU), and up to ten are waited for by itself. */
const compileSilenceMs = 15 * 60_000
const MiB = 1024 * 1024
const folderLengthMost = 64

export const vllmLaunch: Launch = {
  plan: input => inContainer(plan(input), input, { program: 'vllm', hostFlag: '--host', model: modelFolder(input) }),
  progress: readProgress,
  level: readLevel,
  // Its engine had ended and the server in front of it waited for minutes, deaf to TERM (seen with 0.32.0).
  fatal: line => /EngineCore failed to start|Engine core initialization failed/.test(line),
  explain: explainVllm,
  placement: readPlacement,
  engineTest: { settings: { eager: true } },
  refusesDraft: of => refusesPythonDraft({ ...of, flags: ['--speculative-config'], onGpuOnly: true }),
  refusedFlags: refusedVllmFlags,
}

const isCpu = ({ build }: Pick<LaunchInput, 'build'>) => build.kind === cpuKind

function plan(input: LaunchInput): LaunchPlan {
  const { build, request, route, port, key } = input
  if (build.path === null) throw new Failure('not-installed', `${build.title} has no executable`)
  checkSpelling(request.flags, { refused: refusedVllmFlags, whole: beginningsOfOthers })
  const settings = settingsToArguments(vllmSettings, request.settings, input.knownFlags)
  const own = knownOnly(groupsOf(input), input.knownFlags)
  return {
    process: {
      kind: 'spawn',
      file: build.path,
      // Later ones win over ours, and what was typed by hand wins over all.
      args: ['serve', modelFolder(input), ...own.args, ...settings.args, ...request.flags],
      env: { ...environmentOf(input), ...settings.env, VLLM_API_KEY: key },
      cwd: input.folder,
      programs: programFolder(build.path),
    },
    address: `http://127.0.0.1:${port}`,
    headers: { authorization: `Bearer ${key}` },
    upstreamModel: route,
    readyPath: '/health',
    prepare: [],
    stallMs: loadStallMs(input.model.facts?.bytes ?? null) + compileSilenceMs,
    notes: [...draftNotes(input), ...own.notes, ...settings.dropped.map(each => each.why)],
    // Parent gone after a second, its children up to four later; with a stream open it may wait for the client for ever (seen with 0.32.0).
    stop: { graceMs: 8_000, secondSignal: false },
  }
}

/** Flags of `vllm serve` (https://docs.vllm.ai/en/latest/cli/serve.html). The key goes by VLLM_API_KEY: anyone here can read a command line. */
function groupsOf(input: LaunchInput): FlagGroup[] {
  const { kvQuantisation, request } = input
  const set = request.settings ?? {}
  const groups: FlagGroup[] = [
    { words: ['--served-model-name', input.route], needed: true },
    { words: ['--host', '127.0.0.1'], needed: true },
    { words: ['--port', String(input.port)], needed: true },
    { words: ['--max-model-len', String(input.contextTokens)], needed: true },
    { words: ['--max-num-seqs', String(input.slots)] },
    { words: ['--enable-prompt-tokens-details'] },
    { words: ['--disable-uvicorn-access-log'] },
  ]
  if (kvQuantisation === 'q8_0') groups.push({ words: ['--kv-cache-dtype', 'fp8'] })
  if (kvQuantisation === 'q4_0') groups.push({ words: ['--kv-cache-dtype', 'int4_per_token_head'] })
  const parser = toolParserOf(input.model.facts?.architecture ?? null)
  if (parser !== null && set['tools'] === undefined) groups.push({ words: ['--enable-auto-tool-choice'] })
  if (parser !== null && set['toolParser'] === undefined) groups.push({ words: ['--tool-call-parser', parser] })
  groups.push(...draftGroups(input))
  return [...groups, ...(isCpu(input) ? cpuGroups(input) : gpuGroups(input))]
}

/** Draft models: https://docs.vllm.ai/en/latest/features/speculative_decoding/draft_model/ */
function draftGroups(input: LaunchInput): FlagGroup[] {
  const folder = draftFolder(input)
  if (folder === null || input.request.settings?.['speculative'] !== undefined) return []
  const config = { method: 'draft_model', model: folder, num_speculative_tokens: input.draft?.tokens ?? 1 }
  return [{ words: ['--speculative-config', JSON.stringify(config)] }]
}

function cpuGroups({ contextTokens, model, request, slots }: LaunchInput): FlagGroup[] {
  const set = request.settings ?? {}
  // Compiling takes minutes and did not answer faster (seen with 0.32.0); the cache is in 16 bits whatever is asked.
  const eager: FlagGroup[] = set['eager'] === undefined ? [{ words: ['--enforce-eager'] }] : []
  const bytes = kvBytesPerToken(model.facts?.shape ?? null, 2) * contextTokens * slots
  // One block (128 tokens) more for each slot, as its last one is never full.
  const whole = bytes + kvBytesPerToken(model.facts?.shape ?? null, 2) * 128 * slots
  const rounded = Math.max(64, Math.ceil(whole / MiB)) * MiB
  return set['kvCacheBytes'] === undefined ? [...eager, { words: ['--kv-cache-memory-bytes', String(rounded)] }] : eager
}

function gpuGroups(input: LaunchInput): FlagGroup[] {
  const set = input.request.settings ?? {}
  const groups: FlagGroup[] = []
  const parallel = set['tensorParallel'] === undefined && set['pipelineParallel'] === undefined ? tensorParallelOf(input) : 1
  if (parallel > 1) groups.push({ words: ['--tensor-parallel-size', String(parallel)] })
  const share = memoryShareOf(input.machine)
  if (share !== null && set['gpuMemoryUtilization'] === undefined && set['kvCacheBytes'] === undefined) {
    groups.push({ words: ['--gpu-memory-utilization', String(share)] })
  }
  return groups
}

/** Variables: https://docs.vllm.ai/en/latest/configuration/env_vars.html and the CPU part of its installation page. */
function environmentOf(input: LaunchInput): Record<string, string> {
  return {
    ...offlineEnvironment,
    VLLM_NO_USAGE_STATS: '1',
    // Its processes talk over sockets: on this machine only.
    VLLM_HOST_IP: '127.0.0.1',
    VLLM_LOGGING_COLOR: '0',
    // Its sockets lie there, whose paths may have 107 characters with a name of 36 (unix(7)); what it leaves behind is then ours to clear.
    ...(input.folder.length <= folderLengthMost ? { TMPDIR: input.folder } : {}),
    // Binding to cores would share them with whatever the system puts there; the number of threads is chosen by us.
    ...(isCpu(input) ? { VLLM_CPU_OMP_THREADS_BIND: 'nobind', OMP_NUM_THREADS: String(input.threads) } : {}),
  }
}

/** `(EngineCore pid=7) INFO 11-21 09:30:40 [core.py:93] ...`; other processes of its have other names. */
const head = /^(?:\(\S+ pid=\d+\) )?(DEBUG|INFO|WARNING|ERROR|CRITICAL) \d\d-\d\d /

const levels: Readonly<Record<string, LogLine['level']>> = {
  DEBUG: 'debug',
  INFO: 'info',
  WARNING: 'warn',
  ERROR: 'error',
  CRITICAL: 'error',
}

function readLevel(line: string): LogLine['level'] {
  const word = head.exec(line)?.[1]
  if (word !== undefined) return levels[word] ?? 'info'
  if (/\b(?:\w+Error|Exception): |^Traceback |: error: /.test(line)) return 'error'
  return /Warning: /.test(line) ? 'warn' : 'info'
}

/** Phases in their order, seen with 0.32.0. */
const steps: readonly (readonly [RegExp, { progress: number | null; step: string }])[] = [
  [/non-default args:/, { progress: 0.05, step: 'Reading its settings' }],
  [/Resolved architecture: (\S+)/, { progress: 0.1, step: 'Reading the model' }],
  [/Initializing a V1 LLM engine/, { progress: 0.2, step: 'Starting the engine' }],
  [/Starting to load model/, { progress: 0.4, step: 'Reading the weights' }],
  [/Loading weights took|Model loading took/, { progress: 0.6, step: 'Weights are read' }],
  [
    /Warming up model for the compilation|Dynamo bytecode transform|Compiling a graph/,
    { progress: 0.65, step: 'Compiling, which takes minutes the first time' },
  ],
  [/Capturing CUDA graphs?/i, { progress: 0.85, step: 'Recording graphs' }],
  [/(?:CPU|GPU) KV cache size/, { progress: 0.8, step: 'Making room for conversations' }],
  [/init engine \(/, { progress: 0.9, step: 'The engine is ready' }],
  [/Starting vLLM (?:API )?server/, { progress: 0.95, step: 'Opening the server' }],
  [/Application startup complete/, { progress: 1, step: 'Loaded' }],
]

function readProgress(line: string): { progress: number | null; step: string } | null {
  const percent = /Loading safetensors checkpoint shards:\s+(\d+)% Completed/.exec(line)?.[1]
  if (percent !== undefined) return { progress: Math.round(40 + Number(percent) / 5) / 100, step: 'Reading the weights' }
  return steps.find(([pattern]) => pattern.test(line))?.[1] ?? null
}

function readPlacement(lines: readonly string[], input: LaunchInput): Proof['placement'] | null {
  const device = /(CPU|GPU) KV cache size: [\d,]+ tokens/.exec(lines.findLast(line => /(?:CPU|GPU) KV cache size/.test(line)) ?? '')?.[1]
  if (device === undefined) return null
  const layers = input.model.facts?.shape?.layers ?? null
  const how = 'Its log says where the KV cache is; it never splits a model between GPU and CPU by itself.'
  if (device === 'CPU') return { text: 'on the CPU', gpuLayers: 0, layers, verified: true, how }
  const took = /Model loading took ([\d.]+) GiB/.exec(lines.findLast(line => /Model loading took/.test(line)) ?? '')?.[1]
  const text = took === undefined ? 'all layers on the GPU' : `all layers on the GPU, weights ${took} GiB`
  return { text, gpuLayers: layers, layers, verified: true, how }
}
