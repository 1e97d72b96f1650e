import { Failure } from '../../contract/failure'
import { uvicornGet } from './common-access-log'
import { explainBy, loadStallMs, otherModelFix, outOfMemory, type FailureRule } from './common-autopsy'
import { pythonRules } from './common-python.autopsy'
import { containerRules, inContainer } from './common-container'
import { checkSpelling, knownOnly, modelFolder, offlineEnvironment, programFolder, refusals, refuse, type FlagGroup } from './common-python'
import { tensorParallelOf } from './common-python.fit'
import { keyMeans } from './common-python.key'
import { progressBy, pythonLevel } from './common-server-log'
import { lmdeploySettings } from './lmdeploy.settings'
import type { Launch, LaunchInput, LaunchPlan } from './runtime'
import { settingsToArguments } from './settings'

const refusedFlags: Readonly<Record<string, string>> = {
  ...refuse(['--server-name', '--server-port', '--model-name'], refusals.chosen),
  ...refuse(['--revision', '--download-dir', '--adapters'], refusals.model),
  ...refuse(['--session-len', '--max-batch-size', '--quant-policy'], refusals.field),
  ...refuse(['--api-keys', '--ssl'], refusals.secret),
  ...refuse(['--trust-remote-code'], refusals.code),
  ...refuse(['--allow-origins', '--allow-terminate-by-client', '--allowed-media-domains'], refusals.open),
  ...refuse(['--proxy-url', '--nnodes', '--node-rank', '--dist-init-addr', '--kv-transfer-config', '--role'], refusals.network),
}

export const lmdeployLaunch: Launch = {
  accessLog: uvicornGet,
  plan: input => inContainer(plan(input), input, { program: 'python3', hostFlag: '--server-name', model: modelFolder(input) }),
  progress: progressBy([
    [/Loading weights|Loading safetensors|loading weights/i, { progress: 0.2, step: 'Reading the weights' }],
    [/TurboMind\s+(?:config|engine)|turbomind model config/i, { progress: 0.1, step: 'Starting the engine' }],
    [/num_gpu_blocks|block_count|max cached tokens|cache.*blocks/i, { progress: 0.8, step: 'Making room for conversations' }],
    [/HINT:\s+Please open|Started server process|Waiting for application startup/, { progress: 0.95, step: 'Opening the server' }],
    [/Application startup complete|Uvicorn running on/, { progress: 1, step: 'Loaded' }],
  ]),
  level: pythonLevel,
  explain: evidence => explainBy(rules, evidence),
  // Its log does not say it; it has no CPU and no split.
  placement: (_lines, { model }) => {
    const layers = model.facts?.shape?.layers ?? null
    return { text: 'all layers on the GPU', gpuLayers: layers, layers, verified: false, how: 'It does not say; it computes on GPUs only.' }
  },
  refusedFlags,
}

function plan(input: LaunchInput): LaunchPlan {
  const { build, port, request } = input
  if (build.path === null) throw new Failure('not-installed', `${build.title} has no executable`)
  checkSpelling(request.flags, { refused: refusedFlags, whole: ['--model-format'] })
  const settings = settingsToArguments(lmdeploySettings, request.settings, input.knownFlags)
  const own = knownOnly(groupsOf(input), input.knownFlags)
  const key = keyMeans(input, { flag: '--api-keys', title: 'lmdeploy' })
  return {
    process: {
      kind: 'spawn',
      file: key.file,
      args: [...key.before, 'serve', 'api_server', modelFolder(input), ...own.args, ...settings.args, ...request.flags],
      env: { ...offlineEnvironment, ...settings.env, ...key.env },
      cwd: input.folder,
      programs: programFolder(build.path),
    },
    address: `http://127.0.0.1:${port}`,
    headers: key.headers,
    upstreamModel: input.route,
    readyPath: '/health',
    prepare: [],
    stallMs: loadStallMs(input.model.facts?.bytes ?? null) + 10 * 60_000,
    notes: [...key.notes, ...own.notes, ...settings.dropped.map(each => each.why)],
    stop: { graceMs: 8_000, secondSignal: false },
  }
}

/** Flags of `lmdeploy serve api_server` (https://lmdeploy.readthedocs.io/en/latest/llm/api_server.html). It listens on every address unless told. */
function groupsOf(input: LaunchInput): FlagGroup[] {
  const { kvQuantisation, machine, request } = input
  const set = request.settings ?? {}
  const ascend = machine.gpus.some(gpu => gpu.usable && gpu.vendor === 'huawei')
  const groups: FlagGroup[] = [
    { words: ['--model-name', input.route], needed: true },
    { words: ['--server-name', '127.0.0.1'], needed: true },
    { words: ['--server-port', String(input.port)], needed: true },
    { words: ['--session-len', String(input.contextTokens)], needed: true },
    { words: ['--max-batch-size', String(input.slots)] },
    { words: ['--enable-prefix-caching'] },
  ]
  if (set['logLevel'] === undefined) groups.push({ words: ['--log-level', 'INFO'] })
  if (kvQuantisation !== 'f16') groups.push({ words: ['--quant-policy', kvQuantisation === 'q8_0' ? '8' : '4'] })
  if (ascend) groups.push({ words: ['--device', 'ascend'] })
  const parallel = set['tensorParallel'] === undefined ? tensorParallelOf(input) : 1
  if (parallel > 1) groups.push({ words: ['--tp', String(parallel)] })
  return groups
}

/** Texts of 0.18.0 (lmdeploy/pytorch/engine, lmdeploy/turbomind). */
const rules: readonly FailureRule[] = [
  ...containerRules,
  {
    proof: /No enough gpu memory for kv cache|num_gpu_blocks <= 0|no enough.*blocks/i,
    explain: outOfMemory('the KV cache beside the weights'),
  },
  { proof: /Unsupported model (?:arch|type)|not supported by (?:turbomind|lmdeploy)|is not supported yet/i, explain: unknownModel },
  ...pythonRules,
]

function unknownModel() {
  return {
    cause: 'unknown-architecture',
    headline: 'This build does not know the model',
    explanation: 'Neither of its engines has this kind of model. A newer release may.',
    permanent: true,
    fixes: [otherModelFix],
  }
}
