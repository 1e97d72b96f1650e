import type { Autopsy, Fix, LogLine, Proof, StartRequest } from '../../contract/instance'
import type { Machine } from '../../contract/machine'
import type { FileFacts } from '../../contract/model'
import type { Build, SettingValues } from '../../contract/runtime'

/** What the launch part of an adapter is given: everything resolved, nothing to look up. */
export type LaunchInput = {
  request: StartRequest
  build: Build
  model: { id: string; title: string; path: string; sha256: string | null; facts: FileFacts | null }
  route: string
  machine: Machine
  contextTokens: number
  slots: number
  threads: number
  gpuLayers: number | null
  /** A small model that guesses `tokens` ahead; null or absent without one. Only where `refusesDraft` has nothing against it. */
  draft?: { id: string; title: string; path: string; tokens: number } | null
  /** The file that reads images for a model in GGUF; null or absent where there is none. */
  projector?: { path: string; bytes: number; sha256: string | null } | null
  kvQuantisation: 'f16' | 'q8_0' | 'q4_0'
  /** The CPU multiplies with the weights and the system gives large pages (common-huge-pages.ts); absent or false: mapped from the file. */
  hugePages?: boolean
  port: number
  /** Secret for this start only, so that an impostor on the port is not believed. */
  key: string
  /** A folder of its own that a runtime may write to. */
  folder: string
  /** Flags of this build as its `--help` names them; null or absent when it was not asked. */
  knownFlags?: ReadonlySet<string> | null
}

/** What to run, as plain data: the supervisor acts on it, tests compare it, the window shows it. */
export type LaunchPlan = {
  process:
    | {
        kind: 'spawn'
        file: string
        args: readonly string[]
        env: Readonly<Record<string, string>>
        cwd: string | null
        /** Folder that is searched for programs before the PATH. */
        programs?: string | null
      }
    /** The built-in engine: `options` is its only argument, as JSON. */
    | { kind: 'engine'; options: Readonly<Record<string, unknown>>; env?: Readonly<Record<string, string>> }
    | ServiceProcess
    /** A server that runs already; never stopped by us. */
    | { kind: 'attach' }
  /** Base address without a path: `http://127.0.0.1:8101`. */
  address: string
  /** Headers that every request to the runtime carries. */
  headers: Readonly<Record<string, string>>
  /** The name the runtime knows the model by. */
  upstreamModel: string
  /** GET until it answers 200. */
  readyPath: string
  /** Links made before the start, so that a runtime with a store of its own needs no copy; what cannot be linked is uploaded. */
  links?: readonly { at: string; to: string }[]
  /** Folders of this start that are emptied before it and removed when it has ended. */
  scratch?: readonly string[]
  /** Requests to make once ready and before the one-token probe, such as importing the file. */
  prepare: readonly PrepareStep[]
  /** Without output or a change of health for this long, a load has stalled. */
  stallMs: number
  /** It computes prompts of any length; the gateway then refuses what is surely longer than the context. */
  contextUnchecked?: boolean
  /** Why it reads no images, a sentence: the gateway then refuses them in its words. Absent where it does, or where that is not known. */
  withoutImages?: string
  /** What the person should know about this start, a sentence each: settings that this build does not take. */
  notes?: readonly string[]
  stop: { graceMs: number; /** Some runtimes hang on the first signal while a stream runs. */ secondSignal: boolean }
}

/**
 * A program that is a service of its own (a desktop app, a container engine): commands bring it up one after another, `watch`
 * is a command that stays as long as the instance does, and only what the commands changed is taken back.
 */
export type ServiceProcess = {
  kind: 'service'
  /** The program that all commands are for. */
  file: string
  steps: readonly ServiceStep[]
  /** Arguments of the command that stays: its log, or the service in the foreground. */
  watch: readonly string[]
  /** Asks where it listens, once it is up; null keeps the plan's own address. */
  address?: { args: readonly string[]; parse(output: string): string | null }
  env: Readonly<Record<string, string>>
  cwd: string | null
}

export type ServiceStep = {
  /** Shown while it runs; also a line of the log, `step: Loading the weights`. */
  title: string
  args: readonly string[]
  timeoutMs: number
  /** Not needed when the output of another command says so: then it is also not taken back. */
  unless?: { args: readonly string[]; matches: RegExp }
  /** Output that is fine although the command says it failed. */
  accepts?: RegExp
  /** Output that is a failure although the command says it went well. */
  refuses?: RegExp
  /** Tried when the output says why the first way does not work here. */
  orElse?: { when: RegExp; args: readonly string[] }
  /** Takes it back when the instance ends. */
  undo?: readonly string[]
}

export type PrepareStep =
  | { kind: 'json'; title: string; method: 'POST' | 'GET' | 'DELETE'; path: string; body: unknown; timeoutMs: number }
  /** Uploads a file unless `HEAD path` says that it is there. */
  | { kind: 'upload'; title: string; path: string; file: string; timeoutMs: number }

export type ExitEvidence = {
  input: LaunchInput
  lines: readonly LogLine[]
  exitCode: number | null
  signal: string | null
  /** Facts that the supervisor looked up: the file and the port at the time of the failure. */
  file: { exists: boolean; bytes: number | null; magic: string | null }
  portHolder: string | null
  oomKilled: boolean
  stalled: boolean
}

/** The adapter's part of an autopsy; the supervisor adds codes and time. */
export type Explanation = Pick<Autopsy, 'cause' | 'headline' | 'explanation' | 'permanent'> & {
  lines: readonly string[]
  fixes: readonly Fix[]
}

export type Launch = {
  plan(input: LaunchInput): LaunchPlan
  /** Load progress 0..1 and what is being done, from one line of its log; null when the line says nothing. */
  progress(line: string): { progress: number | null; step: string } | null
  level(line: string): LogLine['level']
  /** A line of its access log about a GET that went well, its path in group 1; absent where it writes none. */
  accessLog?: RegExp
  /** Whether after this line it will never be ready although its process stays; it is then ended and explained. */
  fatal?(line: string): boolean
  /** Why it ended, from its own words; null leaves it to the general explanation. */
  explain(evidence: ExitEvidence): Explanation | null
  /** Where the layers are, from its log after the load; null when it does not say. */
  placement(lines: readonly string[], input: LaunchInput): Proof['placement'] | null
  /** Asks the runtime itself where the model is and what it takes, when its log does not say or is not ours to read. */
  look?: { path: string; read(body: string, input: LaunchInput): Look | null }
  /** Settings that make it ready sooner on the engine test, which asks whether it computes rightly and not how fast. */
  engineTest?: { settings: Readonly<SettingValues> }
  /** It knows files by their SHA-256, so one that has none yet is read through before the start. */
  needsDigest?: true
  /** Why this build cannot use a draft model, a sentence; null when it can. Absent: it takes none from us. */
  refusesDraft?(of: Pick<LaunchInput, 'build' | 'knownFlags'>): string | null
  /** Flags that settings may use with this build; null when any may. Absent: those that it named in its help. */
  settingFlags?(of: Pick<LaunchInput, 'build' | 'knownFlags'>): ReadonlySet<string> | null
  /** Whether a build loads `projector` beside the model; absent: none does. Then its weights count as taken. */
  takesProjector?(build: Build): boolean
  /** How it runs what reads images when it is started so; absent: what its buffers take is not known. */
  projectorRun?(of: { build: Build; request: Partial<Pick<StartRequest, 'gpuLayers' | 'settings' | 'flags'>> }): {
    onGpu: boolean
    flashAttention: boolean
  }
  /** Flags that a person may not set, each with the reason. */
  refusedFlags: Readonly<Record<string, string>>
}

/** What a runtime tells about a loaded model. */
export type Look = { placement: Proof['placement'] | null; memoryMiB: number | null; memoryHow: string }
