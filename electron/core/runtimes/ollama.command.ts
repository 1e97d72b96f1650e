import { argumentsOf } from './common-command'
import type { ReadCommand } from './runtime'

const nothing: ReadCommand['request'] = { contextTokens: null, slots: null, threads: null, gpuLayers: null, kvQuantisation: null }

/**
 * `ollama run NAME` names its model; `ollama serve` none, since it loads whatever it is asked for (https://docs.ollama.com/cli).
 * Null when it is another program.
 */
export function readOllamaCommand(argv: readonly string[]): ReadCommand | null {
  const run = argumentsOf(argv, { commands: [['ollama', 'run']] })
  const serve = argumentsOf(argv, { commands: [['ollama', 'serve']], images: /(?:^|\/)ollama\/ollama(?:[:@]|$)/ })
  if (run === null && serve === null) return null
  const model = run?.find(word => !word.startsWith('-')) ?? null
  const note =
    model === null
      ? 'Its command names no model: it serves its whole store, so choose one of it here.'
      : `It serves ${model} out of its own store; look through the stores, and use it where it lies.`
  return { file: null, repository: null, request: nothing, flags: [], notes: [note] }
}
