import type { LibraryModel } from '../../contract/model'

/** A program or script that a conversion runs, and how it is recognised. */
export type ToolSpec = {
  /** Key of `tools` in a plan: `quantise`. */
  key: string
  title: string
  /** File names searched on PATH and in the folders of builds. */
  names: readonly string[]
  /** A Python that can import all of these is needed to run it; it is found under `KEY-python`. */
  imports?: readonly string[]
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

export type ConversionStep =
  | { kind: 'run'; title: string; file: string; args: readonly string[] }
  | { kind: 'write'; title: string; path: string; text: string }
  /** A further name of a file, so that what follows need not copy it; left out where the disk does not allow it. */
  | { kind: 'place'; title: string; from: string; to: string }

/** One way to turn a model into another artifact, as data and pure functions; core/models/conversions carries it out. */
export type Conversion = {
  id: string
  title: string
  from: LibraryFormat
  /** `gguf` and `mlx` come into the library; `store` names one that takes it in. */
  gives: { kind: 'gguf' | 'mlx' } | { kind: 'store'; store: string; title: string }
  /** What may be chosen, the usual one first, each with its bits a weight. */
  choices: readonly { id: string; bits: number }[]
  tools: readonly ToolSpec[]
  /** Null when it can be done with this model. */
  refuses?(model: LibraryModel): string | null
  plan(input: ConversionInput): readonly ConversionStep[]
  /** How a person gets the tools. */
  install: { title: string; command: string | null; page: string | null }
  source: string
}

export type LibraryFormat = 'gguf' | 'safetensors'
