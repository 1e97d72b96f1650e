import type { StartRequest } from '../../contract/instance'
import type { Machine } from '../../contract/machine'
import type { RuntimeVerdict, Setting } from '../../contract/runtime'
import type { ApiFacts } from './api-facts'
import type { Conversion } from './common-conversion'
import type { StoreKind } from './common-model-store'
import type { RuntimeFacts } from './facts'
import type { Launch } from './launch'
import type { MemorySimulation } from './common-simulation'

export type { ApiFacts } from './api-facts'
export type * from './launch'

/**
 * A runtime as data and pure functions: what it is for, where it can run, what it costs, how its builds are found and
 * installed, what its command line is, how to read its log. It never acts: the supervisor and the installer do.
 */
export type Runtime = {
  /** Identifier of shared vocabulary (`llama.cpp`, `vllm`), used in commands and files. */
  id: string
  title: string
  /** How far Roundhouse goes with it: everything, what it can, or attaching to what runs. Absent = `second`. */
  tier?: 'first-class' | 'second' | 'attach'
  /** What it is for, one sentence. */
  purpose: string
  homepage: string
  /** Whether it can run on this machine, and why not. */
  judge(machine: Machine): RuntimeVerdict
  facts: RuntimeFacts
  /** Command line a person could type to run `request` with this runtime: file first, then arguments. */
  render(request: RenderRequest): readonly string[]
  builds: readonly BuildKind[]
  /** How we start it; absent while it is known only as facts. */
  launch?: Launch
  /** How it reckons the memory of a start by itself, taking none; absent where it cannot. */
  simulation?: MemorySimulation
  /** What a person may set, each with limits, default and how it reaches this runtime. */
  settings?: readonly Setting[]
  /** What of the OpenAI API it takes, as its documentation says; what was seen live is measured by the conformance suite. */
  api?: ApiFacts
  /** How its own metrics become ours; absent when it has none. */
  metrics?: MetricsMap
  /** Versions below this have a known hole and are not started without a warning. */
  securityFloor?: { version: string; why: string; source: string }
  /** Where it keeps models, and how its store is read. */
  stores?: readonly StoreKind[]
  /** What its tools turn models into. */
  conversions?: readonly Conversion[]
  /** What has to be written down to get the same answers again: versions, revisions, digests. */
  pins?: readonly string[]
  /** Reads a command that somebody else wrote for this runtime; null when it is not for it. */
  readCommand?(argv: readonly string[]): ReadCommand | null
  /** How a server of this runtime that runs already is told from others when its address is given. */
  attach?: { path: string; usualAddress: string; recognise(body: string): boolean }
  /**
   * What the doctor asks the real thing, so that a person who has it can confirm what is only known from documentation:
   * commands of the found program, and paths of its server at `address`. All of them only read.
   */
  doctor?: { commands: readonly (readonly string[])[]; requests: readonly string[]; address: string }
}

/** One common set; null where a runtime does not say. Counters are totals since its start, times are means over its life. */
export type RuntimeMetrics = {
  running: number | null
  waiting: number | null
  /** Share of the KV cache in use, 0..1. */
  kvUse: number | null
  ttftMs: number | null
  itlMs: number | null
  promptTokens: number | null
  generatedTokens: number | null
  /** Share of prompt tokens that came from a cache, 0..1. */
  cacheHits: number | null
}
export type MetricsMap = {
  /** GET with the plan's headers; a path of its own address. */
  path: string
  parse(body: string): RuntimeMetrics
  /** Why a figure is null for this runtime, a sentence each. */
  absent?: Readonly<Partial<Record<keyof RuntimeMetrics, string>>>
  source: string
}

export type RenderRequest = {
  /** Name of the model as its users write it (`Qwen/Qwen3-8B`), and a file where one is here. */
  model: { id: string; artifact: string; path: string | null }
  route: string
  contextTokens: number
  slots: number
  threads: number | null
  /** Layers on the GPU; null leaves it to the runtime. */
  gpuLayers: number | null
  kvQuantisation: 'f16' | 'q8_0' | 'q4_0' | null
  port: number
  tensorParallel: number
  /** Share of the layers each GPU takes, where cards are unequal; absent leaves it to the runtime. */
  tensorSplit?: readonly number[] | null
  /** Share of each device that a runtime may reserve at start, for those that do; absent is the runtime's default. */
  memoryShare?: number | null
  /** Backend it is reckoned with (`cuda`, `cann`, ...), for engines that have to be told; absent leaves it to the runtime. */
  backend?: string | null
  /** A small model that proposes tokens; engines that need a flag for the method name it too. */
  draft?: { id: string; artifact: string; path: string | null; tokens: number } | null
  /** File that reads images; false: it is to do without. Absent leaves it to the runtime. */
  projector?: string | false
}

/** What a command of somebody else's says: what it serves, how, and the flags that have no field of their own. */
export type ReadCommand = {
  file: string | null
  /** `org/name` or `org/name:quantisation`. */
  repository: string | null
  request: Pick<StartRequest, 'contextTokens' | 'slots' | 'threads' | 'gpuLayers' | 'kvQuantisation'>
  flags: string[]
  notes: string[]
}

/** How builds of one kind are found, recognised and installed. */
export type BuildKind = {
  /** `built-in`, `llama-server`, `ollama`. */
  kind: string
  title: string
  find: FindSpec
  /** Reads version output (stdout and stderr joined); null when it is not this program. */
  parseVersion(output: string): string | null
  /** Install plans that suit this machine, best first. */
  installs(machine: Machine): readonly InstallPlan[]
}

export type FindSpec = {
  /** Part of the app: always there. */
  bundled?: { version: string; backends: readonly string[] }
  /** Names searched on PATH. */
  commands: readonly string[]
  /** Usual absolute places per platform; `~` is the home folder. */
  places: Partial<Record<'linux' | 'darwin' | 'win32', readonly string[]>>
  versionArguments: readonly string[]
  /** Python packages whose description beside the program tells its version, so that a slow one need not be started to be found. */
  distributions?: readonly string[]
  /** Asks a found program for its flags, so that one that was renamed or removed is never passed: `--help` and its names. */
  flags?: { arguments: readonly string[]; parse(output: string): readonly string[]; timeoutMs?: number }
  /** Asks a found program which devices it can use; `parse` gives backends, best first. Without it they are unknown. */
  devices?: { arguments: readonly string[]; parse(output: string): readonly string[] }
  /** A server that may be running: asked for its version over HTTP. `environment` names a variable with its address. */
  server?: { address: string; environment: string | null; path: string; parse(body: string): string | null }
}

/** What would be fetched to have a build. Carried out by core/install, shown before it runs. */
export type InstallPlan = {
  /** Unique within its build kind: `github-vulkan-x64`, `pypi-xllamacpp`. */
  id: string
  title: string
  variant: string
  backends: readonly string[]
  fetch:
    | { kind: 'github-release'; repository: string; asset: RegExp; executable: string; extra?: RegExp }
    /** `launcher`: text of a script that is written into the build. `python`: the least version, `3.10`. */
    | {
        kind: 'python-venv'
        requirements: readonly string[]
        launcher: { name: string; text: string } | null
        python: string
        /** Newest Python it works with, `3.13`; absent = any. */
        pythonMost?: string
        /** Exact versions that replace what a package asks for (uv `--override`); `why` is shown. */
        overrides?: { requirements: readonly string[]; why: string }
        /** Files and empty folders that the package lacks, relative to site-packages or to the build. */
        repairs?: readonly PythonRepair[]
        /** Program in the environment that is started; absent = its Python with the launcher. */
        program?: string
        /** Roughly what arrives and what lies on the disk afterwards, measured once; shown before it runs. */
        downloadBytes?: number
        diskBytes?: number
      }
    /** Where a package manager is the official way; run only after the person has seen the command. */
    | { kind: 'package-manager'; manager: 'brew' | 'winget' | 'apt'; package: string; command: readonly string[]; executable: string }
    /** An image, pinned by digest once pulled. */
    | { kind: 'container'; image: string; tag: string; note: string | null }
    /** Only its maker may install it: the page is opened, and we watch until it is there. */
    | { kind: 'vendor'; page: string; steps: readonly string[] }
  /** Why it cannot be done on this machine; null when it can. */
  why: string | null
}

export type PythonRepair =
  | { kind: 'file'; in: 'site-packages' | 'build'; path: string; text: string; why: string }
  | { kind: 'folder'; in: 'site-packages' | 'build'; path: string; why: string }

export const defineRuntime = (runtime: Runtime): Runtime => Object.freeze(runtime)
