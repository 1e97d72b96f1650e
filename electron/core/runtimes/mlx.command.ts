import { argumentsOf, readFlags, type CommandGrammar } from './common-command'
import type { ReadCommand } from './runtime'

/** Flags: https://github.com/ml-explore/mlx-lm/blob/main/mlx_lm/server.py */
const grammar: CommandGrammar = {
  fields: { '--model': 'model', '--decode-concurrency': 'slots', '--kv-bits': 'kvType' },
  oursWithValue: ['--host', '--port', '--log-level', '--allowed-origins'],
  kvTypes: { '8': 'q8_0', '4': 'q4_0' },
}

/** `mlx_lm.server`, `mlx_lm server` or the module; null when it is another program. */
export function readMlxCommand(argv: readonly string[]): ReadCommand | null {
  const rest = argumentsOf(argv, {
    names: ['mlx_lm.server'],
    commands: [['mlx_lm', 'server']],
    modules: ['mlx_lm.server', 'mlx_lm server'],
  })
  return rest === null ? null : readFlags(rest, grammar)
}
