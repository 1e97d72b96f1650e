import { argumentsOf, readFlags, type CommandGrammar } from './common-command'
import type { ReadCommand } from './runtime'

/** Flags: https://docs.vllm.ai/en/latest/cli/serve.html; the image is `vllm/vllm-openai`, whose entry point is the server. */
const grammar: CommandGrammar = {
  fields: { '--model': 'model', '--max-model-len': 'context', '--max-num-seqs': 'slots', '--kv-cache-dtype': 'kvType' },
  oursWithValue: ['--host', '--port', '--served-model-name', '--uvicorn-log-level'],
  oursAlone: ['--disable-log-requests', '--disable-uvicorn-access-log', '--no-enable-log-requests'],
  positionalModel: true,
  kvTypes: { fp8: 'q8_0', fp8_e4m3: 'q8_0', fp8_e5m2: 'q8_0', int4_per_token_head: 'q4_0', bfloat16: 'f16', float16: 'f16' },
}

/** `vllm serve`, the server as a module, or its container; null when it is another program. */
export function readVllmCommand(argv: readonly string[]): ReadCommand | null {
  const rest = argumentsOf(argv, {
    commands: [['vllm', 'serve']],
    modules: ['vllm.entrypoints.openai.api_server', 'vllm.entrypoints.cli.main serve', 'vllm serve'],
    images: /(?:^|\/)vllm-openai(?:-\w+)?(?:[:@]|$)/,
  })
  return rest === null ? null : readFlags(rest, grammar)
}
