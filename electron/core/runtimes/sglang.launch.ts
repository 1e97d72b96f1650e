import { Failure } from '../../contract/failure'
import type { Proof } from '../../contract/instance'
import { uvicornGet } from './common-access-log'
import { causes, explainBy, lessMemoryFixes, loadStallMs, outOfMemory, type FailureRule } from './common-autopsy'
import { pythonRules, tooLongContext } from './common-python.autopsy'
import { containerRules, inContainer } from './common-container'
import { checkSpelling, knownOnly, modelFolder, offlineEnvironment, programFolder, refusals, refuse, type FlagGroup } from './common-python'
import { draftFolder, draftNotes, refusesPythonDraft } from './common-python.draft'
import { memoryShareOf, tensorParallelOf } from './common-python.fit'
import { keyMeans } from './common-python.key'
import { progressBy, pythonLevel } from './common-server-log'
import type { Launch, LaunchInput, LaunchPlan } from './runtime'
import { settingsToArguments } from './settings'
import { sglangSettings } from './sglang.settings'

const refusedFlags: Readonly<Record<string, string>> = {
  ...refuse(['--host', '--port', '--served-model-name', '--config', '--fastapi-root-path'], refusals.chosen),
  ...refuse(['--model-path', '--model', '--tokenizer-path', '--revision', '--download-dir'], refusals.model),
  ...refuse(['--context-length', '--max-running-requests'], refusals.field),
  ...refuse(['--api-key', '--admin-api-key', '--ssl-keyfile', '--ssl-certfile'], refusals.secret),
  ...refuse(['--trust-remote-code', '--custom-sigquit-handler', '--enable-custom-logit-processor'], refusals.code),
  ...refuse(['--nnodes', '--node-rank', '--dist-init-addr', '--disaggregation-mode', '--grpc-mode'], refusals.network),
  ...refuse(['--tokenizer-worker-num', '--enable-trace'], 'Roundhouse reads one log and starts one server.'),
}

/** Kernels are compiled without a word at the first start. */
const compileSilenceMs = 15 * 60_000

export const sglangLaunch: Launch = {
  accessLog: uvicornGet,
  plan: input => inContainer(plan(input), input, { program: 'python3', hostFlag: '--host', model: modelFolder(input) }),
  progress: progressBy([
    [/server_args=/, { progress: 0.05, step: 'Reading its settings' }],
    [/Init torch distributed begin/, { progress: 0.15, step: 'Starting the engine' }],
    [/Load weight begin/, { progress: 0.3, step: 'Reading the weights' }],
    [/Load weight end/, { progress: 0.6, step: 'Weights are read' }],
    [/KV Cache is allocated/, { progress: 0.7, step: 'Making room for conversations' }],
    [/Capture (?:cuda )?graph begin|Capturing batches/i, { progress: 0.75, step: 'Recording graphs' }],
    [/max_total_num_tokens=/, { progress: 0.9, step: 'The engine is ready' }],
    [/Application startup complete|The server is fired up and ready to roll/, { progress: 1, step: 'Loaded' }],
  ]),
  level: pythonLevel,
  explain: evidence => explainBy(rules, evidence),
  placement: readPlacement,
  refusesDraft: of => refusesPythonDraft({ ...of, flags: ['--speculative-algorithm', '--speculative-draft-model-path'], onGpuOnly: true }),
  refusedFlags,
}

function plan(input: LaunchInput): LaunchPlan {
  const { build, port, request } = input
  if (build.path === null) throw new Failure('not-installed', `${build.title} has no executable`)
  checkSpelling(request.flags, { refused: refusedFlags, whole: ['--tokenizer-mode'] })
  const settings = settingsToArguments(sglangSettings, request.settings, input.knownFlags)
  const own = knownOnly(groupsOf(input), input.knownFlags)
  const key = keyMeans(input, { flag: '--api-key', title: 'sglang' })
  return {
    process: {
      kind: 'spawn',
      file: key.file,
      args: [...key.before, 'serve', '--model-path', modelFolder(input), ...own.args, ...settings.args, ...request.flags],
      // Its /health would compute a token each time it is asked.
      env: { ...offlineEnvironment, SGLANG_ENABLE_HEALTH_ENDPOINT_GENERATION: '0', ...settings.env, ...key.env },
      cwd: input.folder,
      programs: programFolder(build.path),
    },
    address: `http://127.0.0.1:${port}`,
    headers: key.headers,
    upstreamModel: nameOf(input.route),
    readyPath: '/health',
    prepare: [],
    stallMs: loadStallMs(input.model.facts?.bytes ?? null) + compileSilenceMs,
    notes: [...key.notes, ...draftNotes(input), ...own.notes, ...settings.dropped.map(each => each.why)],
    stop: { graceMs: 8_000, secondSignal: false },
  }
}

/** It refuses names with a colon, which it takes for the name of an adapter (sglang/srt/arg_groups/validation_hook.py). */
const nameOf = (route: string) => route.replaceAll(':', '-')

/** Flags of `sglang serve` (https://docs.sglang.ai/advanced_features/server_arguments.html). */
function groupsOf(input: LaunchInput): FlagGroup[] {
  const { kvQuantisation, request } = input
  const set = request.settings ?? {}
  const groups: FlagGroup[] = [
    { words: ['--served-model-name', nameOf(input.route)], needed: true },
    { words: ['--host', '127.0.0.1'], needed: true },
    { words: ['--port', String(input.port)], needed: true },
    { words: ['--context-length', String(input.contextTokens)], needed: true },
    { words: ['--max-running-requests', String(input.slots)] },
    { words: ['--enable-metrics'] },
  ]
  groups.push(...draftGroups(input))
  if (set['cacheReport'] === undefined) groups.push({ words: ['--enable-cache-report'] })
  if (kvQuantisation !== 'f16') groups.push({ words: ['--kv-cache-dtype', 'fp8_e4m3'] })
  const parallel = set['tensorParallel'] === undefined && set['pipelineParallel'] === undefined ? tensorParallelOf(input) : 1
  if (parallel > 1) groups.push({ words: ['--tp-size', String(parallel)] })
  const share = memoryShareOf(input.machine)
  // Graphs lie outside of its share.
  if (share !== null && set['memoryFraction'] === undefined) {
    groups.push({ words: ['--mem-fraction-static', String(Math.max(0.1, Number((share - 0.08).toFixed(2))))] })
  }
  return groups
}

/**
 * A model of its own that drafts (STANDALONE): as many steps as tokens, one guess each, and one token more to check
 * (https://docs.sglang.ai/advanced_features/speculative_decoding.html).
 */
function draftGroups(input: LaunchInput): FlagGroup[] {
  const folder = draftFolder(input)
  const set = input.request.settings ?? {}
  if (folder === null || set['speculative'] !== undefined || set['draftModel'] !== undefined) return []
  const steps = input.draft?.tokens ?? 1
  return [
    { words: ['--speculative-algorithm', 'STANDALONE'] },
    { words: ['--speculative-draft-model-path', folder] },
    { words: ['--speculative-num-steps', String(steps)] },
    { words: ['--speculative-eagle-topk', '1'] },
    { words: ['--speculative-num-draft-tokens', String(steps + 1)] },
  ]
}

function readPlacement(lines: readonly string[], input: LaunchInput): Proof['placement'] | null {
  const line = lines.findLast(each => /Load weight end/.test(each)) ?? ''
  if (line === '') return null
  const layers = input.model.facts?.shape?.layers ?? null
  const cpu = input.build.backends.length === 1 && input.build.backends[0] === 'cpu'
  const used = /mem usage=([\d.]+) GB/.exec(line)?.[1]
  const how = 'Its log tells the memory of the device before and after the weights; it never splits a model between GPU and CPU by itself.'
  const text = cpu ? 'on the CPU' : `all layers on the GPU${used === undefined ? '' : `, weights ${used} GB`}`
  return { text, gpuLayers: cpu ? 0 : layers, layers, verified: true, how }
}

/** Texts of 0.5.23 (sglang/srt/model_executor, managers, arg_groups). */
const rules: readonly FailureRule[] = [
  ...containerRules,
  {
    proof: /context_length \((\d+)\) is greater than the derived context_length \((\d+)\)/,
    explain: (_evidence, match) => tooLongContext(Number(match[2]))(),
  },
  { proof: /Not enough memory\. Please try to increase --mem-fraction-static/, explain: outOfMemory('the KV cache beside the weights') },
  ...pythonRules.filter(each => each.proof.test('no kernel image is available for execution on the device')),
  {
    proof: /custom_all_reduce\.cuh|Capture cuda graph failed: invalid argument|operation not permitted when stream is capturing/i,
    explain: noGraphs,
  },
  { proof: /Capture cuda graph failed|CUDA graph capture failed/i, explain: graphsDoNotFit },
  {
    proof: /Model architectures \['?([^'\]]+)'?.*\] are not supported/,
    explain: (evidence, match) => causes.unknownArchitecture(match[1] ?? null)(evidence),
  },
  ...pythonRules,
]

function noGraphs() {
  return {
    cause: 'graphs-failed',
    headline: 'It could not record graphs on this GPU',
    explanation:
      'Recording what a step does, which saves time later, failed in a part of its own. Without graphs it starts, and answers a little slower.',
    permanent: true,
    fixes: [{ title: 'Start without graphs', detail: null, action: { kind: 'restart-with' as const, flags: ['--disable-cuda-graph'] } }],
  }
}

function graphsDoNotFit(evidence: Parameters<typeof lessMemoryFixes>[0]) {
  return {
    cause: 'out-of-memory',
    headline: 'There was no room for the graphs',
    explanation:
      'Weights and cache took what was meant for them, and recording graphs needs more beside it. A smaller share for them leaves room.',
    permanent: false,
    fixes: [
      {
        title: 'Start with a smaller share',
        detail: '0.7 of the GPU',
        action: { kind: 'restart-with' as const, flags: ['--mem-fraction-static=0.7'] },
      },
      ...lessMemoryFixes(evidence),
    ],
  }
}
