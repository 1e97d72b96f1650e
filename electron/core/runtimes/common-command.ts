import { basename } from 'node:path'
import type { ReadCommand } from './runtime'

/** What a flag of a server's command says, for those that a start has a field for. */
export type CommandField = 'model' | 'context' | 'slots' | 'threads' | 'gpuLayers' | 'kvType'

export type CommandGrammar = {
  fields: Readonly<Record<string, CommandField>>
  /** Set by ourselves at each start, with a value and without: left out without a word. */
  oursWithValue: readonly string[]
  oursAlone?: readonly string[]
  /** The first word that is no flag is the model. */
  positionalModel?: boolean
  /** Types of the KV cache, by how it calls them. */
  kvTypes?: Readonly<Record<string, 'f16' | 'q8_0' | 'q4_0'>>
}

/** Name of a program without folder and ending. */
export const programName = (file: string | undefined) => basename((file ?? '').replaceAll('\\', '/')).replace(/\.exe$/i, '')

/**
 * What stands behind the program, where it is this one; null otherwise. `names`: programs that are it by themselves.
 * `commands`: programs and the first words of theirs. `modules`: what Python is told to run with `-m`. `images`: containers
 * whose program it is.
 */
export function argumentsOf(
  argv: readonly string[],
  known: { names?: readonly string[]; commands?: readonly (readonly string[])[]; modules?: readonly string[]; images?: RegExp },
): readonly string[] | null {
  const [file, ...rest] = argv
  const program = programName(file)
  if (known.names?.includes(program)) return rest
  const command = known.commands?.find(([name, ...words]) => name === program && words.every((word, index) => rest[index] === word))
  if (command) return rest.slice(command.length - 1)
  if (/^(?:python|pypy)[\d.]*$/.test(program)) {
    const at = rest.indexOf('-m')
    const module = at < 0 ? '' : (rest[at + 1] ?? '')
    const found = known.modules?.find(each => `${module} ${rest[at + 2] ?? ''}`.startsWith(`${each} `) || module === each)
    if (found !== undefined) return rest.slice(at + 1 + found.split(' ').length)
  }
  return file !== undefined && known.images?.test(file) ? rest : null
}

const isFlag = (word: string | undefined) => word !== undefined && /^--?[A-Za-z]/.test(word)

/** Reads the words behind a program by its grammar; what has no field stays a flag with its values. */
export function readFlags(words: readonly string[], grammar: CommandGrammar): ReadCommand {
  const seen = new Map<CommandField, string>()
  const flags: string[] = []
  const notes: string[] = []
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? ''
    const { flag, joined } = splitFlag(word)
    const field = grammar.fields[flag]
    const value = joined ?? words[at + 1] ?? ''
    if (field !== undefined) seen.set(field, value)
    if (field !== undefined || grammar.oursWithValue.includes(flag)) at += Number(joined === null)
    else if (grammar.positionalModel && !seen.has('model') && isAlone(word, flags)) seen.set('model', word)
    else if (!grammar.oursAlone?.includes(flag)) flags.push(word)
  }
  return { ...modelOf(seen.get('model')), request: requestOf(seen, { kvTypes: grammar.kvTypes ?? {}, notes }), flags, notes }
}

/** A word that is no flag, and no value of the one before it. */
const isAlone = (word: string, flags: readonly string[]) => !isFlag(word) && !isFlag(flags.at(-1))

/** `--max-model-len=8192` and `--max_model_len 8192` are one flag (argparse of vLLM takes both). */
function splitFlag(word: string): { flag: string; joined: string | null } {
  const match = /^(--[\w.-]+)=(.*)$/s.exec(word)
  const [flag, joined] = match ? [match[1] ?? '', match[2] ?? ''] : [word, null]
  return { flag: flag.startsWith('--') ? flag.replaceAll('_', '-') : flag, joined }
}

/** A path is a file; `org/name` is a repository of the hub. */
export function modelOf(model: string | undefined): { file: string | null; repository: string | null } {
  if (model === undefined || model === '') return { file: null, repository: null }
  const isRepository = /^[\w.-]+\/[\w.-]+(?::[\w.-]+)?$/.test(model) && !/^\.{1,2}\//.test(model) && !/\.(?:gguf|bin)$/i.test(model)
  return isRepository ? { file: null, repository: model } : { file: model, repository: null }
}

/** `32768`, `32k`, `1M`: thousands and millions in small letters, powers of two in capitals (human-readable integers of vLLM). */
export function wholeOf(text: string | undefined): number | null {
  const match = /^(\d+(?:\.\d+)?)([kKmM]?)$/.exec(text ?? '')
  if (!match) return null
  const times = { '': 1, k: 1_000, K: 1_024, m: 1_000_000, M: 1_048_576 }[match[2] ?? ''] ?? 1
  const number = Math.floor(Number(match[1]) * times)
  return number > 0 ? number : null
}

type Means = { kvTypes: Readonly<Record<string, 'f16' | 'q8_0' | 'q4_0'>>; notes: string[] }

function requestOf(seen: ReadonlyMap<CommandField, string>, { kvTypes, notes }: Means): ReadCommand['request'] {
  const slots = wholeOf(seen.get('slots'))
  const layers = seen.get('gpuLayers')
  const kvType = seen.get('kvType')
  const kvQuantisation = kvType === undefined ? null : (kvTypes[kvType] ?? null)
  if (kvType !== undefined && kvQuantisation === null && kvType !== 'auto')
    notes.push(`Its KV cache is of a type that cannot be chosen here: ${kvType}.`)
  if (slots !== null && slots > slotsMost) notes.push(`${slots} requests at once become ${slotsMost}, the most that can be chosen here.`)
  const context = wholeOf(seen.get('context'))
  return {
    contextTokens: context === null ? null : Math.max(128, context),
    slots: slots === null ? null : Math.min(slotsMost, slots),
    threads: wholeOf(seen.get('threads')),
    gpuLayers: layers === '0' ? 0 : wholeOf(layers),
    kvQuantisation,
  }
}

const slotsMost = 64
