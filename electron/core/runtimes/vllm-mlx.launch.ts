import { Failure } from '../../contract/failure'
import { uvicornGet } from './common-access-log'
import { loadStallMs } from './common-autopsy'
import { checkSpelling, knownOnly, modelFolder, offlineEnvironment, programFolder, refusals, refuse, type FlagGroup } from './common-python'
import { keyMeans } from './common-python.key'
import { progressBy, pythonLevel } from './common-server-log'
import { explainMlx } from './common-mlx.autopsy'
import type { Launch, LaunchInput, LaunchPlan } from './runtime'
import { settingsToArguments } from './settings'
import { vllmMlxSettings } from './vllm-mlx.settings'

const refusedFlags: Readonly<Record<string, string>> = {
  ...refuse(['--host', '--port', '--served-model-name'], refusals.chosen),
  ...refuse(['--models-config', '--lazy-load-model'], 'Roundhouse routes between models by itself.'),
  ...refuse(['--max-num-seqs'], refusals.field),
  ...refuse(['--api-key'], refusals.secret),
  ...refuse(['--trust-remote-code', '--mcp-config'], refusals.code),
}

export const vllmMlxLaunch: Launch = {
  accessLog: uvicornGet,
  plan,
  progress: progressBy([
    [/Loading model/i, { progress: 0.1, step: 'Reading the weights' }],
    [/Model loaded|loaded successfully/i, { progress: 0.8, step: 'Weights are read' }],
    [/Application startup complete|Uvicorn running on/, { progress: 1, step: 'Loaded' }],
  ]),
  level: pythonLevel,
  explain: explainMlx,
  placement: (_lines, { model }) => {
    const layers = model.facts?.shape?.layers ?? null
    const how = 'It does not say; MLX computes on the GPU unless told otherwise, and the memory is one.'
    return { text: 'on the GPU, in the shared memory', gpuLayers: layers, layers, verified: false, how }
  },
  refusedFlags,
}

function plan(input: LaunchInput): LaunchPlan {
  const { build, port, request } = input
  if (build.path === null) throw new Failure('not-installed', `${build.title} has no executable`)
  checkSpelling(request.flags, { refused: refusedFlags, whole: [] })
  const settings = settingsToArguments(vllmMlxSettings, request.settings, input.knownFlags)
  const own = knownOnly(groupsOf(input), input.knownFlags)
  const key = keyMeans(input, { flag: '--api-key', title: 'vllm-mlx' })
  return {
    process: {
      kind: 'spawn',
      file: key.file,
      args: [...key.before, 'serve', modelFolder(input), ...own.args, ...settings.args, ...request.flags],
      env: { ...offlineEnvironment, HF_HUB_CACHE: input.folder, ...settings.env, ...key.env },
      cwd: input.folder,
      programs: programFolder(build.path),
    },
    address: `http://127.0.0.1:${port}`,
    headers: key.headers,
    upstreamModel: input.route,
    readyPath: '/health',
    prepare: [],
    stallMs: loadStallMs(input.model.facts?.bytes ?? null),
    notes: [...key.notes, ...own.notes, ...settings.dropped.map(each => each.why)],
    stop: { graceMs: 6_000, secondSignal: false },
  }
}

/** Flags of `vllm-mlx serve` (https://github.com/waybarrios/vllm-mlx). */
function groupsOf({ contextTokens, kvQuantisation, port, request, route, slots }: LaunchInput): FlagGroup[] {
  const set = request.settings ?? {}
  const groups: FlagGroup[] = [
    { words: ['--served-model-name', route], needed: true },
    { words: ['--host', '127.0.0.1'], needed: true },
    { words: ['--port', String(port)], needed: true },
    { words: ['--enable-metrics'] },
    { words: ['--offline'] },
  ]
  if (set['maxTokens'] === undefined) groups.push({ words: ['--max-tokens', String(contextTokens)] })
  if (slots > 1) groups.push({ words: ['--continuous-batching'] }, { words: ['--max-num-seqs', String(slots)] })
  if (kvQuantisation !== 'f16') {
    const bits = kvQuantisation === 'q8_0' ? '8' : '4'
    groups.push({ words: ['--kv-cache-quantization'] }, { words: ['--kv-cache-quantization-bits', bits] })
  }
  return groups
}
