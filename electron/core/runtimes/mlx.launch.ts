import { Failure } from '../../contract/failure'
import type { LogLine, Proof } from '../../contract/instance'
import { httpServerGet } from './common-access-log'
import { loadStallMs } from './common-autopsy'
import { draftFolder, draftNotes, refusesPythonDraft } from './common-python.draft'
import { checkSpelling, knownOnly, modelFolder, offlineEnvironment, programFolder, refusals, refuse, type FlagGroup } from './common-python'
import { isAppleSilicon } from './facts-judge'
import { explainMlx } from './common-mlx.autopsy'
import { mlxSettings } from './mlx.settings'
import type { Launch, LaunchInput, LaunchPlan } from './runtime'
import { settingsToArguments } from './settings'

const refusedFlags: Readonly<Record<string, string>> = {
  ...refuse(['--host', '--port'], refusals.chosen),
  ...refuse(['--model'], refusals.model),
  ...refuse(['--kv-bits'], refusals.field),
  ...refuse(['--trust-remote-code'], refusals.code),
  ...refuse(['--allowed-origins'], refusals.open),
  ...refuse(['--log-level', '--pipeline'], 'Roundhouse reads its log and starts one process.'),
}

/** Beyond this an answer that names no limit is more likely to have run away. */
const longestAnswer = 8192

export const mlxLaunch: Launch = {
  accessLog: httpServerGet,
  plan,
  progress: readProgress,
  level: readLevel,
  // It stays when its port is taken or its model cannot be loaded, and answers /health with 503 for ever (seen with 0.32.2).
  fatal: line => /generation thread died|\[Errno (?:98|48)\]/.test(line),
  explain: explainMlx,
  placement: (_lines, input) => placementOf(input),
  refusesDraft: of => refusesPythonDraft({ ...of, flags: ['--draft-model'], onGpuOnly: false }),
  refusedFlags,
}

function plan(input: LaunchInput): LaunchPlan {
  const { build, port, request } = input
  if (build.path === null) throw new Failure('not-installed', `${build.title} has no executable`)
  checkSpelling(request.flags, { refused: refusedFlags, whole: [] })
  const model = modelFolder(input)
  const settings = settingsToArguments(mlxSettings, request.settings, input.knownFlags)
  const own = knownOnly(groupsOf(input, model), input.knownFlags)
  return {
    process: {
      kind: 'spawn',
      file: build.path,
      args: ['server', ...own.args, ...settings.args, ...request.flags],
      // Without a folder for its hub cache it answers /v1/models with nothing at all; ours is empty, so that it lists this model alone.
      env: { ...offlineEnvironment, HF_HUB_CACHE: input.folder, ...settings.env },
      cwd: input.folder,
      programs: programFolder(build.path),
    },
    address: `http://127.0.0.1:${port}`,
    headers: {},
    // Any other name would be looked for as a folder or a repository, and loaded in place of this one; the path itself would be told to clients.
    upstreamModel: 'default_model',
    readyPath: '/health',
    contextUnchecked: true,
    withoutImages: `${input.model.title} answers text only here: mlx-lm reads no images.`,
    prepare: [],
    stallMs: loadStallMs(input.model.facts?.bytes ?? null),
    notes: [...draftNotes(input), ...own.notes, ...settings.dropped.map(each => each.why)],
    stop: { graceMs: 4_000, secondSignal: false },
  }
}

/** Flags: https://github.com/ml-explore/mlx-lm/blob/main/mlx_lm/server.py. It has no key: it listens on this machine alone. */
function groupsOf(input: LaunchInput, model: string): FlagGroup[] {
  const { contextTokens, kvQuantisation, port, request, slots } = input
  const draft = draftFolder(input)
  const set = request.settings ?? {}
  const quantised = kvQuantisation !== 'f16'
  return [
    { words: ['--model', model], needed: true },
    { words: ['--host', '127.0.0.1'], needed: true },
    { words: ['--port', String(port)], needed: true },
    // Its own default lets pages of any origin ask it.
    { words: ['--allowed-origins', `http://127.0.0.1:${port}`] },
    ...(set['maxTokens'] === undefined ? [group('--max-tokens', String(Math.min(contextTokens, longestAnswer)))] : []),
    // A quantised cache turns its batching off.
    ...(set['decodeConcurrency'] === undefined && !quantised ? [group('--decode-concurrency', String(slots))] : []),
    // A draft turns its batching off (seen in server.py of 0.32.2).
    ...(draft === null || set['draftModel'] !== undefined ? [] : [group('--draft-model', draft)]),
    ...(draft === null || set['draftTokens'] !== undefined ? [] : [group('--num-draft-tokens', String(input.draft?.tokens ?? 1))]),
    ...(quantised ? [group('--kv-bits', kvQuantisation === 'q8_0' ? '8' : '4')] : []),
  ]
}

const group = (flag: string, value: string): FlagGroup => ({ words: [flag, value] })

/** `2026-11-21 09:30:40,123 - INFO - Starting httpd at 127.0.0.1 on port 8101...` */
function readLevel(line: string): LogLine['level'] {
  const word = / - (DEBUG|INFO|WARNING|ERROR|CRITICAL) - /.exec(line)?.[1]
  if (word === 'DEBUG') return 'debug'
  if (word === 'ERROR' || word === 'CRITICAL') return 'error'
  if (word === 'WARNING') return 'warn'
  if (word === undefined && /^(?:Exception in thread|Traceback )|^(?:\w+\.)*\w*(?:Error|Exception)\b: /.test(line)) return 'error'
  return /Warning: /.test(line) ? 'warn' : 'info'
}

/** It says little: its model is read beside the opening of the server. */
function readProgress(line: string): { progress: number | null; step: string } | null {
  return /Starting httpd at/.test(line) ? { progress: 0.5, step: 'Reading the weights' } : null
}

function placementOf({ machine, build, model }: LaunchInput): Proof['placement'] {
  const layers = model.facts?.shape?.layers ?? null
  if (isAppleSilicon(machine)) {
    const how = 'It does not say; MLX computes on the GPU unless told otherwise, and the memory is one.'
    return { text: 'on the GPU, in the shared memory', gpuLayers: layers, layers, verified: false, how }
  }
  const how = `${build.title} was installed without a GPU part.`
  return { text: 'on the CPU', gpuLayers: 0, layers, verified: build.backends.includes('cpu'), how }
}
