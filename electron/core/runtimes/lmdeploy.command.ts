import { argumentsOf, readFlags, type CommandGrammar } from './common-command'
import type { ReadCommand } from './runtime'

/** Flags: https://lmdeploy.readthedocs.io/en/latest/llm/api_server.html */
const grammar: CommandGrammar = {
  fields: { '--session-len': 'context', '--max-batch-size': 'slots', '--quant-policy': 'kvType' },
  oursWithValue: ['--server-name', '--server-port', '--model-name'],
  positionalModel: true,
  kvTypes: { '0': 'f16', '8': 'q8_0', '4': 'q4_0' },
}

/** `lmdeploy serve api_server`, also within its container; null when it is another program. */
export function readLmdeployCommand(argv: readonly string[]): ReadCommand | null {
  const rest = argumentsOf(argv, { commands: [['lmdeploy', 'serve', 'api_server']], modules: ['lmdeploy serve api_server'] })
  return rest === null ? null : readFlags(rest, grammar)
}
