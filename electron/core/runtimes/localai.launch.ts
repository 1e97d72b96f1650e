import { basename, dirname, join } from 'node:path'
import { Failure } from '../../contract/failure'
import type { LogLine } from '../../contract/instance'
import type { Setting } from '../../contract/runtime'
import { causes, explainBy, loadStallMs, otherModelFix, outOfMemory, retryFix, type FailureRule } from './common-autopsy'
import { ggmlRules } from './common-ggml.autopsy'
import { reasons, refuse } from './help-flags'
import { attachPlan } from './common-attach'
import type { Launch, LaunchInput, LaunchPlan } from './runtime'
import { oneOf, settingsOf, toggle, whole, words } from './setting-values'
import { settingsToArguments } from './settings'

/** Environment and flags: https://localai.io/reference/cli-reference/ (core/cli/run.go of mudler/LocalAI). */
const source = 'https://localai.io/reference/cli-reference/'

export const localaiSettings: readonly Setting[] = [
  ...settingsOf({ group: 'memory', source }, [
    {
      ...{
        id: 'activeBackends',
        title: 'Engines at once',
        environment: 'LOCALAI_MAX_ACTIVE_BACKENDS',
        value: whole(0, 64, { default: 0 }),
      },
      help: 'More are ended, the one used least first; 0 sets no limit.',
    },
    {
      ...{ id: 'endIdle', title: 'End idle engines', environment: 'LOCALAI_WATCHDOG_IDLE', value: toggle(false) },
      help: 'Gives the memory of an engine back when nobody asks it any more.',
    },
    {
      ...{ id: 'idleTime', title: 'Idle after', environment: 'LOCALAI_WATCHDOG_IDLE_TIMEOUT', value: words('15m') },
      help: 'As 15m or 1h.',
    },
    {
      ...{ id: 'endBusy', title: 'End engines that hang', environment: 'LOCALAI_WATCHDOG_BUSY', value: toggle(false) },
      help: 'Ends an engine that has been busy for too long.',
    },
  ]),
  ...settingsOf({ group: 'speed', source }, [
    {
      ...{ id: 'half', title: 'Half precision', environment: 'LOCALAI_F16', value: toggle(false) },
      help: 'Half the memory for the context, on GPUs that can.',
    },
  ]),
  ...settingsOf({ group: 'logging', source }, [
    {
      ...{ id: 'logLevel', title: 'Log', environment: 'LOCALAI_LOG_LEVEL', value: oneOf(['error', 'warn', 'info', 'debug'], 'info') },
      help: 'debug also shows prompts.',
    },
  ]),
]

export const localaiLaunch: Launch = {
  plan: input => (input.build.origin === 'running' ? attachPlan(input) : spawnPlan(input)),
  progress: line => steps.find(([pattern]) => pattern.test(line))?.[1] ?? null,
  level: readLevel,
  explain: evidence => explainBy(rules, evidence),
  placement: () => null,
  refusedFlags: refuse(
    [['--address', '--models-path', '--p2p'], reasons.chosen],
    [['--api-keys'], reasons.visible],
    [['--context-size', '--threads'], reasons.field],
  ),
}

/**
 * It serves what lies in its models folder by file name, so the folder of the file is given to it as it is: no copy. Its
 * engines stay in our folder for it, since each is fetched once and is large.
 */
function spawnPlan(input: LaunchInput): LaunchPlan {
  const { build, port, request, knownFlags, folder, key, model } = input
  if (build.path === null) throw new Failure('not-installed', `${build.title} has no executable`)
  const settings = settingsToArguments(localaiSettings, request.settings, knownFlags)
  const env = {
    LOCALAI_ADDRESS: `127.0.0.1:${port}`,
    LOCALAI_MODELS_PATH: dirname(model.path),
    LOCALAI_BACKENDS_PATH: join(folder, 'backends'),
    LOCALAI_API_KEY: key,
    LOCALAI_CONTEXT_SIZE: String(input.contextTokens),
    LOCALAI_THREADS: String(input.threads),
    LOCALAI_DISABLE_WEBUI: 'true',
    ...settings.env,
  }
  return {
    process: { kind: 'spawn', file: build.path, args: ['run', ...settings.args, ...request.flags], env, cwd: folder },
    address: `http://127.0.0.1:${port}`,
    headers: { authorization: `Bearer ${key}` },
    upstreamModel: basename(model.path),
    readyPath: '/readyz',
    prepare: [],
    notes: [
      ...settings.dropped.map(each => each.why),
      // A projector is named in a configuration file of the model (https://localai.io/advanced/model-configuration), which a bare file has not.
      ...(input.projector ? ['LocalAI answers text only with a bare file; llama.cpp reads images with it.'] : []),
    ],
    stallMs: loadStallMs(model.facts?.bytes ?? null),
    stop: { graceMs: 10_000, secondSignal: false },
  }
}

const steps: readonly (readonly [RegExp, { progress: number | null; step: string }])[] = [
  [/Starting LocalAI|LocalAI version/i, { progress: null, step: 'Starting' }],
  [/[Dd]ownloading backend|[Ii]nstalling backend/, { progress: null, step: 'Fetching its engine' }],
  [/LocalAI is started and running|LocalAI API is listening/i, { progress: null, step: 'LocalAI is up' }],
  [/BackendLoader starting|Loading model/i, { progress: 0.3, step: 'Reading the weights' }],
]

function readLevel(line: string): LogLine['level'] {
  const named = /\b(?:level=)?(DBG|DEBUG|INF|INFO|WRN|WARN|ERR|ERROR|FTL|FATAL)\b/i.exec(line)?.[1]?.toUpperCase().slice(0, 3)
  return (
    ({ DBG: 'debug', DEB: 'debug', WRN: 'warn', WAR: 'warn', ERR: 'error', FTL: 'error', FAT: 'error' } as const)[named ?? ''] ?? 'info'
  )
}

const rules: readonly FailureRule[] = [
  { proof: /listen tcp .*address already in use/, explain: causes.portTaken },
  {
    proof: /backend not found|grpc process not found|no backends? (?:found|installed|available)|failed to (?:install|download) backend/i,
    explain: () => ({
      cause: 'no-engine',
      headline: 'LocalAI has no engine for this file yet',
      explanation: 'It keeps its engines apart and fetches llama-cpp at the first model. That needs the network, once.',
      permanent: false,
      fixes: [retryFix],
    }),
  },
  { proof: /out of memory|failed to allocate|unable to allocate/i, explain: outOfMemory('the weights and the context together') },
  { proof: /unknown flag:? (\S+)|unknown flag (\S+)/, explain: (_evidence, match) => causes.badFlag(match[1] ?? match[2] ?? null)() },
  { proof: /unknown model architecture: '([^']*)'/, explain: (evidence, match) => causes.unknownArchitecture(match[1] ?? null)(evidence) },
  ...ggmlRules,
  {
    proof: /rpc error: code = (?:Unavailable|Canceled)|grpc service not ready/,
    explain: () => ({
      cause: 'engine-crashed',
      headline: 'Its engine ended while it loaded the file',
      explanation:
        'LocalAI runs engines as processes of their own, and this one went away without a reason. Too little memory and an engine for another processor are the usual ones.',
      permanent: false,
      fixes: [retryFix, otherModelFix],
    }),
  },
]
