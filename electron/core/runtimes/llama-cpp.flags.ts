const chosen = 'Roundhouse chooses it, so that it finds the server again.'
const field = 'It has a field of its own in the settings.'
const open = 'It would open files or programs of this machine to whoever reaches the server.'
const secret = 'Roundhouse makes a new secret for each start.'

/** Flags of llama-server that nobody may pass on, with the reason (flags: tools/server/README.md of llama.cpp). */
export const refusedLlamaFlags: Readonly<Record<string, string>> = {
  ...each(['--host', '--port', '--reuse-port', '--api-prefix', '-a', '--alias'], chosen),
  ...each(['-m', '--model', '-mu', '--model-url', '-hf', '-hfr', '--hf-repo', '-dr'], 'The model is chosen by its name.'),
  ...each(['-c', '--ctx-size', '-np', '--parallel', '-t', '--threads', '-ngl', '--gpu-layers', '--n-gpu-layers'], field),
  ...each(['-ctk', '--cache-type-k', '-ctv', '--cache-type-v'], field),
  ...each(['--api-key', '--api-key-file', '--ssl-key-file', '--ssl-cert-file'], secret),
  ...each(['--path', '--media-path', '--slot-save-path', '--props', '--tools', '--agent', '--mcp-servers-config', '--ui-mcp-proxy'], open),
  ...each(['--rpc'], 'Its protocol has no authentication.'),
  ...each(['--models-dir', '--models-preset', '--models-max'], 'Roundhouse routes between models by itself.'),
  ...each(['--log-file', '--log-disable', '--log-jsonl'], 'Roundhouse reads and keeps the log.'),
}

/** Flags of `llama-server --help`, short and long: lines such as `-c,    --ctx-size N    size of the prompt context`. */
export const parseServerFlags = (output: string): string[] => [
  ...new Set([...output.matchAll(/^-.*$/gm)].flatMap(([line]) => line.match(/(?<![\w-])--?[A-Za-z][\w-]*/g) ?? [])),
]

function each(flags: readonly string[], reason: string): Record<string, string> {
  return Object.fromEntries(flags.map(flag => [flag, reason]))
}
