import { Failure } from '../../contract/failure'
import type { FindSpec, LaunchInput } from './runtime'

/** What the servers that come as Python packages have in common: environment, `--help` of argparse, models as folders. */

/**
 * Nothing is asked of the hub and nothing reported: the model is a folder that is here, at the commit that was fetched
 * (https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables). Unbuffered, so that the log comes as it is written.
 */
export const offlineEnvironment: Readonly<Record<string, string>> = {
  HF_HUB_OFFLINE: '1',
  TRANSFORMERS_OFFLINE: '1',
  HF_HUB_DISABLE_TELEMETRY: '1',
  DO_NOT_TRACK: '1',
  PYTHONUNBUFFERED: '1',
  NO_COLOR: '1',
  TOKENIZERS_PARALLELISM: 'false',
}

/** Long names in the help of an argparse program, those in brackets of its usage among them. */
export function flagsOfHelp(help: string): string[] {
  return [...new Set([...help.matchAll(/(?<![\w-])--[a-zA-Z][\w-]*/g)].map(([flag]) => flag.replace(/-+$/, '')))]
}

/** Asks an argparse program for its flags; importing what it needs takes half a minute on a slow disk. */
export const helpFlags = (...words: readonly string[]): NonNullable<FindSpec['flags']> => ({
  arguments: words,
  parse: flagsOfHelp,
  timeoutMs: 120_000,
})

/** A flag with its values. `needed`: the server must not be started without it. */
export type FlagGroup = { words: readonly [string, ...string[]]; needed?: boolean }

/**
 * Arguments of those groups whose flag this build has; the others are told. `known` null = it was not asked, and all are passed.
 * @throws Failure `did-not-start` when a needed flag is gone: the build is newer or older than what we know how to start safely.
 */
export function knownOnly(
  groups: readonly FlagGroup[],
  known: ReadonlySet<string> | null | undefined,
): { args: string[]; notes: string[] } {
  const args: string[] = []
  const notes: string[] = []
  for (const { words, needed } of groups) {
    const [flag] = words
    if (!known || known.size === 0 || known.has(flag)) args.push(...words)
    else if (needed) throw new Failure('did-not-start', `This build has no ${flag}, which Roundhouse needs to start it safely.`)
    else notes.push(`This build has no ${flag}; it was left out.`)
  }
  return { args, notes }
}

/**
 * Refuses what argparse would take for a protected flag: other spellings (`--trust_remote_code`, `--json-arg.key`) and beginnings
 * (`--trust-rem`). `whole` are harmless flags that are themselves the beginning of a protected one.
 * @throws Failure `bad-input` with the reason of the flag that it stands for.
 */
export function checkSpelling(
  flags: readonly string[],
  { refused, whole }: { refused: Readonly<Record<string, string>>; whole: readonly string[] },
): void {
  for (const flag of flags) {
    const word = (flag.split(/[=.]/)[0] ?? '').replaceAll('_', '-')
    if (!word.startsWith('--') || word.length < 4 || whole.includes(word)) continue
    const meant = word in refused ? word : Object.keys(refused).find(name => name.startsWith(word))
    if (meant !== undefined) throw new Failure('bad-input', `${flag} cannot be set here: it stands for ${meant}. ${refused[meant] ?? ''}`)
  }
}

/** Refused flags of one reason. */
export const refuse = (flags: readonly string[], reason: string): Record<string, string> =>
  Object.fromEntries(flags.map(flag => [flag, reason]))

export const refusals = {
  chosen: 'Roundhouse chooses it, so that it finds the server again.',
  field: 'It has a field of its own in the settings.',
  secret: 'Roundhouse makes a new secret for each start.',
  model: 'The model is chosen by its name, and is a folder that is here.',
  code: 'It would run program code that came with the model or the request.',
  open: 'It would open files or programs of this machine to whoever reaches the server.',
  network: 'It would listen on, or connect to, other machines.',
} as const

/**
 * The folder of a model that these servers load: config.json beside *.safetensors.
 * @throws Failure `bad-input` for a GGUF file, saying what would do.
 */
export function modelFolder({ model, build }: Pick<LaunchInput, 'model' | 'build'>): string {
  if (model.facts?.format === 'gguf' || model.path.endsWith('.gguf')) {
    throw new Failure(
      'bad-input',
      `${build.title} loads a model as a folder of safetensors, and ${model.title} is a GGUF file: choose the original of the model, or an engine for GGUF.`,
    )
  }
  const path = model.path.replace(/[/\\][^/\\]+\.safetensors$/, '')
  // A path that begins with a dash would be read as a flag.
  return path.startsWith('-') ? `./${path}` : path
}

/** Folder of a build's programs, so that what came with it (ninja, compilers' helpers) is found; null for a bare name. */
export const programFolder = (path: string | null): string | null => path?.replace(/[/\\][^/\\]+$/, '') ?? null
