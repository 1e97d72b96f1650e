import { programName } from './common-command'
import type { ReadCommand } from './runtime'

/** Flags that we set by ourselves at each start; a command of somebody else's loses them. */
const oursWithValue = new Set([
  '--host',
  '--port',
  '-a',
  '--alias',
  '--api-key',
  '--api-key-file',
  '--log-file',
  '-to',
  '--timeout',
  '--cors-origins',
])
const oursAlone = new Set(['--metrics', '--no-webui', '--webui', '--no-ui', '--ui', '--offline', '--slots', '-v', '--verbose'])

type Field = 'file' | 'repository' | 'context' | 'slots' | 'threads' | 'gpuLayers' | 'kvKeys' | 'kvValues'
const fields = new Map<string, Field>([
  ...['-m', '--model'].map((flag): [string, Field] => [flag, 'file']),
  ...['-hf', '-hfr', '--hf-repo'].map((flag): [string, Field] => [flag, 'repository']),
  ...['-c', '--ctx-size'].map((flag): [string, Field] => [flag, 'context']),
  ...['-np', '--parallel'].map((flag): [string, Field] => [flag, 'slots']),
  ...['-t', '--threads'].map((flag): [string, Field] => [flag, 'threads']),
  ...['-ngl', '--gpu-layers', '--n-gpu-layers'].map((flag): [string, Field] => [flag, 'gpuLayers']),
  ...['-ctk', '--cache-type-k'].map((flag): [string, Field] => [flag, 'kvKeys']),
  ...['-ctv', '--cache-type-v'].map((flag): [string, Field] => [flag, 'kvValues']),
])

/** A command of llama-server, or of `llama serve`; null when it is neither. Flags: tools/server/README.md of ggml-org/llama.cpp. */
export function readLlamaCommand(argv: readonly string[]): ReadCommand | null {
  const rest = argumentsOf(argv)
  if (rest === null) return null
  const seen = new Map<Field, string>()
  const flags: string[] = []
  for (let at = 0; at < rest.length; at += 1) {
    const word = rest[at] ?? ''
    const { flag, joined } = splitFlag(word)
    const field = fields.get(flag)
    if (field) seen.set(field, joined ?? rest[at + 1] ?? '')
    else if (!oursAlone.has(flag) && !oursWithValue.has(flag)) flags.push(word)
    if (joined === null && (field !== undefined || oursWithValue.has(flag))) at += 1
  }
  return summed(seen, flags)
}

/** Null when the program is another one. */
function argumentsOf([file, ...rest]: readonly string[]): string[] | null {
  const program = programName(file)
  // The image of its server has it as entry point (docs/docker.md of ggml-org/llama.cpp).
  if (program === 'llama-server' || /(?:^|\/)llama\.cpp:server/.test(file ?? '')) return rest
  return program === 'llama' && (rest[0] === 'serve' || rest[0] === 'server') ? rest.slice(1) : null
}

function splitFlag(word: string): { flag: string; joined: string | null } {
  const match = /^(--[\w-]+)=(.*)$/s.exec(word)
  return match ? { flag: match[1] ?? '', joined: match[2] ?? '' } : { flag: word, joined: null }
}

/** `-c` is the total over all slots; a number of layers beyond any model means all of them. */
function summed(seen: ReadonlyMap<Field, string>, flags: string[]): ReadCommand {
  const whole = (field: Field) => {
    const number = Number(seen.get(field))
    return seen.has(field) && Number.isInteger(number) && number > 0 ? number : null
  }
  const slots = whole('slots')
  const context = whole('context')
  const [keys, values] = [seen.get('kvKeys'), seen.get('kvValues')]
  const kvQuantisation = (['f16', 'q8_0', 'q4_0'] as const).find(each => each === keys && each === values) ?? null
  const notes =
    keys !== values || (keys !== undefined && kvQuantisation === null)
      ? ['Keys and values of its KV cache are of types that cannot be chosen here.']
      : []
  const layers = seen.get('gpuLayers')
  return {
    file: seen.get('file') ?? null,
    repository: seen.get('repository') ?? null,
    request: {
      contextTokens: context === null ? null : Math.max(128, Math.floor(context / (slots ?? 1))),
      slots: slots === null ? null : Math.min(64, slots),
      threads: whole('threads'),
      gpuLayers: layers === '0' ? 0 : whole('gpuLayers'),
      kvQuantisation,
    },
    flags,
    notes,
  }
}
