import type { LibraryModel } from '../../contract/model'

/** A program or script that a conversion runs, and how it is recognised. */
export type ToolSpec = {
  /** Key of `tools` in a plan: `quantise`. */
  key: string
  title: string
  /** File names searched on PATH and in the folders of builds. */
  names: readonly string[]
  /** A Python that can import all of these is needed to run it where it is a script; it is found under `KEY-python`. */
  imports?: readonly string[]
  /** What brings it where it lacks. */
  pack?: ToolPack
}

/** What brings tools: an environment of their own with exact versions, or a build of a runtime that carries them. */
export type ToolPack =
  | {
      kind: 'python'
      /** Name of its folder, with its version: `gguf-quantiser-0.7.0`. */
      id: string
      title: string
      requirements: readonly string[]
      python: string
      pythonMost?: string
      /** Scripts that are written into its folder. */
      scripts: readonly { name: string; text: string }[]
      /** Roughly what arrives and what lies on the disk afterwards, measured once. */
      sizes(machine: PackMachine): { downloadBytes: number; diskBytes: number }
      /** Why it cannot be had on this machine, a sentence; null when it can. */
      why(machine: PackMachine): string | null
      source: string
    }
  | { kind: 'build'; runtime: string; title: string }
export type PackMachine = { platform: NodeJS.Platform; arch: string }

/** How a tool is started: a script by the Python that was found for it. */
export const toolCommand = (tools: Readonly<Record<string, string>>, key: string): { file: string; before: readonly string[] } => {
  const [file = '', python] = [tools[key], tools[`${key}-python`]]
  return python === undefined ? { file, before: [] } : { file: python, before: [file] }
}

export type ConversionInput = {
  model: LibraryModel
  choice: string | null
  /** Absolute paths by key. */
  tools: Readonly<Record<string, string>>
  /** Where results go: under its own name only when it is whole. */
  output: string
  /** A folder of its own for files between steps; deleted afterwards. */
  folder: string
  /** SHA-256 of the model's only file. */
  sha256: string | null
  /** Folder of the store that the conversion gives to; null when it is not there. */
  store: string | null
}

/**
 * How far a tool is, as it says itself: a share in percent, or how many of its things are done; `stage` is what it does now, in
 * words. Null figures: it counts nothing there.
 */
export type ToolProgress = { stage: string | null; done: number | null; total: number | null; unit: 'percent' | 'steps' }

export type ConversionStep =
  | {
      kind: 'run'
      title: string
      file: string
      args: readonly string[]
      /** Reads one piece of its output; null when that says nothing of how far it is. */
      progress?(text: string): ToolProgress | null
      /** Of a tool that counts nothing: what it writes (a file or a folder) and about how many bytes that will be. */
      grows?: { path: string; bytes: number }
    }
  | { kind: 'write'; title: string; path: string; text: string }
  /** A further name of a file, so that what follows need not copy it; left out where the disk does not allow it. */
  | {
      kind: 'place'
      title: string
      from: string
      to: string
      /** Taken away again when the conversion does not end well, unless a file below this folder has this text. */
      keptIf: { folder: string; has: string }
    }

/** The server that a conversion's tool talks to. Where it does not run, one of ours is started for the conversion and ended with it. */
export type ConversionServer = {
  title: string
  /** Where one that runs already is asked, as in `FindSpec`. */
  find: { address: string; environment: string | null; path: string; parse(body: string): string | null }
  /** Key of the tool that is the server, and its arguments. */
  tool: string
  args: readonly string[]
  /** What one of ours is told: where it listens, and the store that it gives to; null leaves it its usual one. */
  env(own: { host: string; store: string | null }): Readonly<Record<string, string>>
  /** What tells the tool where ours listens. */
  toolEnv(host: string): Readonly<Record<string, string>>
  /** How a person starts it for good, after the conversion. */
  startAfter: string
}

/** One way to turn a model into another artifact, as data and pure functions; core/models/conversions carries it out. */
export type Conversion = {
  id: string
  title: string
  from: LibraryFormat
  /** `gguf` and `mlx` come into the library; `store` names one that takes it in. */
  gives: { kind: 'gguf' | 'mlx' } | { kind: 'store'; store: string; title: string }
  /** What may be chosen, the usual one first, each with its bits a weight. */
  choices: readonly { id: string; bits: number }[]
  /** Bits a weight of what lies on the disk between its steps; absent where nothing does. */
  betweenBits?: number
  tools: readonly ToolSpec[]
  /** Null when it can be done with this model. */
  refuses?(model: LibraryModel): string | null
  plan(input: ConversionInput): readonly ConversionStep[]
  server?: ConversionServer
  /** Name under which a store has it afterwards, for people. */
  nameIn?(model: LibraryModel): string
  /** What in the words of its tools tells that a server of theirs does not run, and a sentence that says so. */
  serverDown?: { words: RegExp; text: string }
  /** How a person gets the tools. */
  install: { title: string; command: string | null; page: string | null }
  source: string
}

export type LibraryFormat = 'gguf' | 'safetensors'
