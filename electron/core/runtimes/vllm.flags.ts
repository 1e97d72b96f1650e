import { refusals, refuse } from './common-python'

/** Flags of `vllm serve` that nobody may pass on, with the reason (https://docs.vllm.ai/en/latest/cli/serve.html). */
export const refusedVllmFlags: Readonly<Record<string, string>> = {
  ...refuse(['--host', '--port', '--uds', '--served-model-name', '--root-path', '--config', '--grpc', '--headless'], refusals.chosen),
  ...refuse(['--model', '--tokenizer', '--hf-config-path', '--download-dir', '--hf-token', '--revision'], refusals.model),
  ...refuse(['--max-model-len', '--max-num-seqs'], refusals.field),
  ...refuse(['--api-key', '--ssl-keyfile', '--ssl-certfile', '--ssl-ca-certs'], refusals.secret),
  ...refuse(['--trust-remote-code', '--code-revision', '--tool-parser-plugin', '--reasoning-parser-plugin'], refusals.code),
  ...refuse(['--middleware', '--logits-processors', '--worker-cls', '--worker-extension-cls', '--scheduler-cls'], refusals.code),
  ...refuse(['--io-processor-plugin', '--model-class-overrides', '--enable-prompt-embeds'], refusals.code),
  ...refuse(['--trust-request-chat-template', '--trust-request-mm-kwargs'], refusals.code),
  ...refuse(['--allowed-local-media-path', '--tool-server', '--allowed-origins', '--allowed-media-domains'], refusals.open),
  ...refuse(['--nnodes', '--node-rank', '--master-addr', '--master-port', '--data-parallel-address'], refusals.network),
  ...refuse(['--kv-transfer-config', '--ec-transfer-config', '--kv-events-config', '--otlp-traces-endpoint'], refusals.network),
  ...refuse(['--distributed-executor-backend'], 'Only its own processes are started and ended with it.'),
}

/** Harmless flags that are the beginning of one above. */
export const beginningsOfOthers: readonly string[] = ['--reasoning-parser', '--enable-prompt-tokens-details', '--tokenizer-mode']
