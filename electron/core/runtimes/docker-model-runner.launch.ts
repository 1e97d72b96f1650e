import { Failure } from '../../contract/failure'
import type { Setting } from '../../contract/runtime'
import { explainBy, lessMemoryFixes, loadStallMs, outOfMemory, retryFix, type FailureRule } from './common-autopsy'
import { llamaCppMetrics } from './common-llama-metrics'
import { attachPlan } from './common-attach'
import type { Launch, LaunchInput, LaunchPlan, MetricsMap } from './runtime'
import { settingsOf, words } from './setting-values'
import { checkSettings } from './settings'

/** Its server on the host (https://docs.docker.com/ai/model-runner/). */
export const runnerAddress = 'http://127.0.0.1:12434'
const source = 'https://docs.docker.com/ai/model-runner/'

export const dockerModelRunnerSettings: readonly Setting[] = settingsOf({ group: 'serving', source }, [
  {
    ...{ id: 'engineFlags', title: 'Flags of the engine', value: words() },
    help: 'Passed on to llama.cpp as they are, such as --no-mmap; they stay with the model until they are changed.',
  },
])

/** Commands of `docker model`: https://docs.docker.com/reference/cli/docker/model/ */
export const dockerModelRunnerLaunch: Launch = {
  plan: input => (input.build.origin === 'running' || input.model.path === '' ? attachPlan(input) : servicePlan(input)),
  progress(line) {
    const step = /^step: (.+)$/.exec(line)?.[1]
    return step === undefined ? null : { progress: null, step }
  },
  level: line => (/^(?:error|Error|failed)/i.test(line) ? 'error' : 'info'),
  explain: evidence => explainBy(rules, evidence),
  placement: () => null,
  takesProjector: build => build.origin !== 'running',
  refusedFlags: {},
}

const clean = (text: string) =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replaceAll(/^[^a-z0-9]+|[^a-z0-9]+$/g, '')

/** `org/name:Q4_1` -> `roundhouse/org-name:q4_1`, in the letters that an image may have. */
export function runnerModelName({ model }: Pick<LaunchInput, 'model'>): string {
  const at = model.id.lastIndexOf(':')
  const [name, tag] = at < 0 ? [model.id, 'latest'] : [model.id.slice(0, at), model.id.slice(at + 1)]
  return `roundhouse/${clean(name)}:${clean(tag)}`
}

function servicePlan(input: LaunchInput): LaunchPlan {
  const { build, request, folder, model } = input
  if (build.path === null) throw new Failure('not-installed', `${build.title} has no command line`)
  checkSettings(dockerModelRunnerSettings, request.settings)
  const name = runnerModelName(input)
  const engineFlags = request.settings?.['engineFlags']
  const extra = [...(typeof engineFlags === 'string' ? engineFlags.split(/\s+/) : []), ...request.flags]
  const quick = 30_000
  const projector = input.projector ? ['--mmproj', input.projector.path] : []
  return {
    process: {
      kind: 'service',
      file: build.path,
      steps: [
        { title: 'Looking for the runner', args: ['model', 'status'], timeoutMs: quick, refuses: /not running|is not enabled/i },
        {
          title: 'Packing the file into its store, which makes a copy',
          args: ['model', 'package', '--gguf', model.path, ...projector, name],
          timeoutMs: loadStallMs(model.facts?.bytes ?? null) * 2,
          unless: { args: ['model', 'inspect', name], matches: /"(?:id|ID)"\s*:/ },
        },
        {
          title: 'Setting its context',
          args: ['model', 'configure', '--context-size', String(input.contextTokens), name, ...(extra.length > 0 ? ['--', ...extra] : [])],
          timeoutMs: quick,
          undo: ['model', 'unload', name],
        },
      ],
      watch: ['model', 'logs', '--follow'],
      env: {},
      cwd: folder,
    },
    address: runnerAddress,
    headers: {},
    upstreamModel: name,
    readyPath: '/v1/models',
    prepare: [],
    notes: ["Docker keeps models in a store of its own: the file is there a second time until it is removed with 'docker model rm'."],
    stallMs: loadStallMs(model.facts?.bytes ?? null),
    stop: { graceMs: 20_000, secondSignal: false },
  }
}

/** The pages of its engines together, with labels; the names are those of llama.cpp. */
export const dockerModelRunnerMetrics: MetricsMap = { ...llamaCppMetrics, source }

const rules: readonly FailureRule[] = [
  {
    proof: /'model' is not a docker command|unknown command:? (?:docker )?"?model/,
    explain: () => ({
      cause: 'not-set-up',
      headline: 'This Docker has no Model Runner',
      explanation: 'It is a part of Docker Desktop, and a package of its own (docker-model-plugin) for Docker Engine.',
      permanent: true,
      fixes: [retryFix],
    }),
  },
  {
    proof: /Docker Model Runner is not (?:running|enabled)|Cannot connect to the Docker daemon|failed to connect to the docker API/i,
    explain: () => ({
      cause: 'not-set-up',
      headline: 'Docker Model Runner is not on',
      explanation:
        'Switch it on with its port: docker desktop enable model-runner --tcp 12434. Roundhouse does not change settings of Docker by itself.',
      permanent: false,
      fixes: [retryFix],
    }),
  },
  {
    proof: /insufficient (?:memory|resources)|not enough GPU memory|model requires more|exceeds? (?:the )?available memory/i,
    explain: evidence => ({ ...outOfMemory('the model by its own estimate')(evidence), fixes: lessMemoryFixes(evidence) }),
  },
  {
    // 0xc0000135: a DLL of the engine is missing; 0xc0000005: it read where nothing is (NTSTATUS values, learn.microsoft.com).
    proof: /terminated unexpectedly: (?:llama\.cpp )?(?:exit status: )?(?:exit status )?(\S+)/,
    explain: (_evidence, match) => ({
      cause: match[1] === '0xc0000135' ? 'library-missing' : 'engine-crashed',
      headline: match[1] === '0xc0000135' ? "A library of Docker's engine is missing" : "Docker's engine crashed while loading",
      explanation:
        'Its llama.cpp ended before it was ready. Another version of it (docker model install-runner), or the CPU one, often does.',
      permanent: false,
      fixes: [retryFix],
    }),
  },
  {
    proof: /no space left on device/i,
    explain: () => ({
      cause: 'disk-full',
      headline: 'There was no room for the copy in the store of Docker',
      explanation: 'Packing a model makes a copy of it. Free some space, or start the file with an engine that reads it where it is.',
      permanent: true,
      fixes: [retryFix],
    }),
  },
]
