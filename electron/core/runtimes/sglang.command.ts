import { argumentsOf, readFlags, type CommandGrammar } from './common-command'
import type { ReadCommand } from './runtime'

/** Flags: https://docs.sglang.ai/advanced_features/server_arguments.html */
const grammar: CommandGrammar = {
  fields: {
    ...{ '--model-path': 'model', '--model': 'model', '--context-length': 'context' },
    ...{ '--max-running-requests': 'slots', '--kv-cache-dtype': 'kvType' },
  },
  oursWithValue: ['--host', '--port', '--served-model-name', '--log-level-http'],
  oursAlone: ['--enable-metrics'],
  kvTypes: { fp8_e5m2: 'q8_0', fp8_e4m3: 'q8_0', bf16: 'f16', bfloat16: 'f16' },
}

/** `sglang serve` or `python -m sglang.launch_server`, also within its container; null when it is another program. */
export function readSglangCommand(argv: readonly string[]): ReadCommand | null {
  const rest = argumentsOf(argv, { commands: [['sglang', 'serve']], modules: ['sglang.launch_server'] })
  return rest === null ? null : readFlags(rest, grammar)
}
