import { basename } from 'node:path'
import { Failure } from '../../contract/failure'
import type { LogLine, Proof } from '../../contract/instance'
import type { Setting } from '../../contract/runtime'
import { uvicornGet } from './common-access-log'
import { causes, explainBy, lessMemoryFixes, loadStallMs, otherModelFix, retryFix, type FailureRule } from './common-autopsy'
import { reasons, refuse } from './help-flags'
import { attachPlan } from './common-attach'
import { containerBasics, containerGpuArguments, containerRules, driverTooOld } from './common-container'
import type { Launch, LaunchInput, LaunchPlan } from './runtime'
import { decimal, oneOf, settingsOf, toggle, whole, words } from './setting-values'
import { settingsToArguments } from './settings'

export const tensorrtImage = 'nvcr.io/nvidia/tensorrt-llm/release'
/** Flags: https://nvidia.github.io/TensorRT-LLM/commands/trtllm-serve.html */
const source = 'https://nvidia.github.io/TensorRT-LLM/commands/trtllm-serve.html'

export const tensorrtLlmSettings: readonly Setting[] = [
  ...settingsOf({ group: 'memory', source }, [
    {
      ...{ id: 'kvShare', title: 'Share of the free memory for the KV cache', flag: '--kv_cache_free_gpu_memory_fraction' },
      ...{ help: 'Of what is free after the weights are loaded.', value: decimal(0.05, 0.98, { default: 0.9 }) },
    },
    {
      ...{
        id: 'batchTokens',
        title: 'Tokens in one step',
        flag: '--max_num_tokens',
        value: whole(16, 1_048_576, { unit: 'tokens', default: 8192 }),
      },
      help: 'Over all requests; more is faster for many and takes more memory.',
    },
  ]),
  ...settingsOf({ group: 'speed', source }, [
    {
      ...{ id: 'engine', title: 'Engine', flag: '--backend', value: oneOf(['pytorch', 'tensorrt', '_autodeploy'], 'pytorch') },
      help: 'pytorch needs no building; tensorrt builds an engine first.',
    },
    {
      ...{ id: 'tensorParallel', title: 'GPUs that share each layer', flag: '--tp_size', value: whole(1, 64, { default: 1 }) },
      help: 'Tensor parallel.',
    },
    {
      ...{ id: 'pipelineParallel', title: 'GPUs one after another', flag: '--pp_size', value: whole(1, 64, { default: 1 }) },
      help: 'Pipeline parallel.',
    },
    {
      ...{ id: 'expertParallel', title: 'GPUs that share the experts', flag: '--ep_size', value: whole(1, 64) },
      help: 'For mixture-of-experts models.',
    },
    {
      ...{ id: 'chunkedPrefill', title: 'Read long prompts in pieces', flag: '--enable_chunked_prefill', value: toggle(false) },
      help: 'Others wait less while a long prompt is read.',
    },
  ]),
  ...settingsOf({ group: 'serving', source }, [
    {
      ...{ id: 'reasoningParser', title: 'How thoughts are read', flag: '--reasoning_parser', value: words() },
      help: 'Name of a parser, such as deepseek-r1 or qwen3.',
    },
    {
      ...{ id: 'toolParser', title: 'How tool calls are read', flag: '--tool_parser', value: words() },
      help: 'Name of a parser.',
    },
  ]),
  ...settingsOf({ group: 'logging', source }, [
    {
      ...{ id: 'logLevel', title: 'Log', flag: '--log_level', value: oneOf(['error', 'warning', 'info', 'verbose', 'debug'], 'info') },
      help: 'How much it tells.',
    },
  ]),
]

export const tensorrtLlmLaunch: Launch = {
  accessLog: uvicornGet,
  plan: input => (input.build.origin === 'running' ? attachPlan(input) : containerPlan(input)),
  progress: line => readProgress(line),
  level: readLevel,
  explain: evidence => explainBy(rules, evidence),
  placement: readPlacement,
  refusedFlags: refuse(
    [['--host', '--port'], reasons.chosen],
    [['--max_seq_len', '--max_batch_size'], reasons.field],
    [['--trust_remote_code'], 'It would run programs out of the model repository.'],
  ),
}

/** Inside the container it must listen on every address of it; outside only loopback reaches the port. */
function containerPlan(input: LaunchInput): LaunchPlan {
  const { build, port, request, folder, model } = input
  if (build.path === null) throw new Failure('not-installed', `${build.title} has no container engine`)
  const image = build.image ?? `${tensorrtImage}:${build.version ?? 'latest'}`
  const name = `roundhouse-${basename(folder)}`.toLowerCase().replaceAll(/[^a-z0-9_.-]/g, '-')
  const settings = settingsToArguments(tensorrtLlmSettings, request.settings, null)
  return {
    process: {
      kind: 'service',
      file: build.path,
      steps: [
        // One of a start that was cut off would hold the name.
        {
          title: 'Making room for the container',
          args: ['rm', '--force', name],
          timeoutMs: 60_000,
          accepts: /^/,
          undo: ['stop', '--time', '20', name],
        },
      ],
      watch: [
        ...[...containerBasics(name), ...containerGpuArguments(build.path, input.machine), '--ipc', 'host'],
        ...['--ulimit', 'memlock=-1', '--ulimit', 'stack=67108864'],
        ...['--publish', `127.0.0.1:${port}:8000`, '--volume', `${model.path}:/model:ro`, '--env', 'HF_HUB_OFFLINE=1', image],
        ...['trtllm-serve', '/model', '--host', '0.0.0.0', '--port', '8000'],
        ...['--max_seq_len', String(input.contextTokens), '--max_batch_size', String(input.slots), ...settings.args, ...request.flags],
      ],
      env: {},
      cwd: folder,
    },
    address: `http://127.0.0.1:${port}`,
    headers: {},
    upstreamModel: '/model',
    readyPath: '/health',
    prepare: [],
    notes: settings.dropped.map(each => each.why),
    // Starting the container, loading and warming up are minutes with few words.
    stallMs: Math.max(900_000, loadStallMs(model.facts?.bytes ?? null)),
    stop: { graceMs: 45_000, secondSignal: false },
  }
}

const steps: readonly (readonly [RegExp, { progress: number | null; step: string }])[] = [
  [/Uvicorn running on|Application startup complete/, { progress: 1, step: 'Loaded' }],
  [/Autotuning process|[Cc]apturing? (?:CUDA )?graph/, { progress: 0.8, step: 'Tuning itself' }],
  [/Allocated .* for max tokens in paged KV cache|KV cache/, { progress: 0.7, step: 'Making room for the context' }],
  [/Loading weights|Loading safetensors/, { progress: 0.2, step: 'Reading the weights' }],
  [/^step: Making room/, { progress: 0, step: 'Starting the container' }],
]

const readProgress = (line: string) => steps.find(([pattern]) => pattern.test(line))?.[1] ?? null

function readLevel(line: string): LogLine['level'] {
  if (/\[E\]|\bERROR\b|Traceback|^docker: /.test(line)) return 'error'
  return /\[W\]|\bWARNING\b/.test(line) ? 'warn' : 'info'
}

/** It loads onto GPUs or not at all. */
function readPlacement(lines: readonly string[], input: LaunchInput): Proof['placement'] | null {
  if (!lines.some(line => /paged KV cache|Uvicorn running on/.test(line))) return null
  const layers = input.model.facts?.shape?.layers ?? null
  return { text: 'on the GPU', gpuLayers: layers, layers, verified: false, how: 'This engine runs on GPUs only, and it is up.' }
}

const rules: readonly FailureRule[] = [
  ...containerRules,
  {
    proof: /CUDA driver version is insufficient|driver\/library version mismatch/,
    explain: driverTooOld,
  },
  {
    proof:
      /CUDA out of memory|OutOfMemoryError|Error Code 2: OutOfMemory|insufficient GPU memory|No available memory for the (?:KV )?cache/i,
    explain: evidence => ({
      cause: 'out-of-memory',
      headline: 'There was not enough memory on the GPU',
      explanation:
        'The weights, the KV cache and its work space together are larger than what is free. A smaller share for the KV cache or a shorter context needs less.',
      permanent: true,
      fixes: lessMemoryFixes(evidence),
    }),
  },
  {
    proof: /Unknown architecture|Unsupported model architecture|not supported.*architecture/i,
    explain: (evidence, match) => ({
      ...causes.unknownArchitecture(null)(evidence),
      explanation: `${match[0]}: this version of the container does not have it.`,
      fixes: [otherModelFix],
    }),
  },
  { proof: /No such option:? '?(--[\w-]+)/, explain: (_evidence, match) => causes.badFlag(match[1] ?? null)() },
  {
    proof: /Executor worker returned error/,
    explain: () => ({
      cause: 'engine-crashed',
      headline: 'Its engine ended while it was made',
      explanation:
        'The worker that loads the model failed, and its reason stands above in the log: most often a kind of model that this version does not serve.',
      permanent: false,
      fixes: [otherModelFix, retryFix],
    }),
  },
]
