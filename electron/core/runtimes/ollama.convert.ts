import { join } from 'node:path'
import type { Conversion, ToolProgress } from './common-conversion'
import { parseServerAnswer } from './ollama.builds'

/**
 * `ollama create` makes a model of its own from a GGUF (https://docs.ollama.com/import). It copies the file into its blobs
 * unless a blob of that hash is there, so that a hard link put there first spares the second copy. The server must run.
 */
export const ollamaCreate: Conversion = {
  id: 'ollama',
  title: 'move to Ollama',
  from: 'gguf',
  gives: { kind: 'store', store: 'ollama', title: 'Ollama' },
  choices: [],
  tools: [{ key: 'ollama', title: 'Ollama', names: ['ollama'], pack: { kind: 'build', runtime: 'ollama', title: 'Ollama' } }],
  refuses: ({ path }) => (/-\d{5}-of-\d{5}\.gguf$/.test(path) ? 'It is split into several files, which Ollama does not take' : null),
  plan: ({ model, tools, folder, sha256, store }) => [
    ...(store === null || sha256 === null
      ? []
      : [
          {
            kind: 'place' as const,
            title: 'Share the file with its store',
            from: model.path,
            to: join(store, 'blobs', `sha256-${sha256}`),
            keptIf: { folder: join(store, 'manifests'), has: `sha256:${sha256}` },
          },
        ]),
    { kind: 'write', title: 'Write the Modelfile', path: join(folder, 'Modelfile'), text: `FROM ${JSON.stringify(model.path)}\n` },
    {
      ...{ kind: 'run', title: 'Create it', file: tools.ollama ?? '', progress: readCreate },
      args: ['create', ollamaName(model.id), '-f', join(folder, 'Modelfile')],
    },
  ],
  nameIn: model => ollamaName(model.id),
  server: {
    title: 'Ollama’s server',
    find: { address: 'http://127.0.0.1:11434', environment: 'OLLAMA_HOST', path: '/api/version', parse: parseServerAnswer },
    tool: 'ollama',
    args: ['serve'],
    // It would take away the link to the file, which no model names yet (envconfig/config.go of ollama/ollama).
    env: ({ host, store }) => ({
      ...{ OLLAMA_HOST: host, OLLAMA_NOPRUNE: '1', OLLAMA_NO_CLOUD: '1' },
      ...(store === null ? {} : { OLLAMA_MODELS: store }),
    }),
    toolEnv: host => ({ OLLAMA_HOST: host }),
    startAfter: 'its app or `ollama serve` starts it for other programs',
  },
  // cmd/cmd.go and api/client.go of ollama/ollama; seen with 0.17.4.
  serverDown: {
    words: /could not connect to ollama|ollama server not responding|connection refused/i,
    text: 'Ollama does not run, and only its server takes models in: open its app, or run `ollama serve` in a terminal.',
  },
  install: { title: 'Ollama, installed in Runtimes or from its maker', command: null, page: 'https://ollama.com/download' },
  source: 'https://docs.ollama.com/import',
}

const giving = 'giving it the file'
const stages: readonly [RegExp, string][] = [
  // Drawn again with each state of the bar below it.
  [/^gathering model components/i, giving],
  [/^parsing GGUF/, 'reading its header'],
  [/^(?:using existing|creating new) layer/, 'writing its layers'],
  [/^writing manifest/, 'writing its manifest'],
]

/** `copying file sha256:HEX 29%`, and its stages (seen with 0.17.4 in a pipe). */
export function readCreate(text: string): ToolProgress | null {
  const copied = /^copying file sha256:\S+\s+(\d+)%/.exec(text)?.[1]
  if (copied !== undefined) return { stage: giving, done: Number(copied), total: 100, unit: 'percent' }
  const stage = stages.find(([words]) => words.test(text))?.[1]
  return stage === undefined ? null : { stage, done: null, total: null, unit: 'percent' }
}

/** `org/name:Q4_K_M` as `name:q4_k_m`: its names are small letters, digits and a few signs. */
export function ollamaName(id: string): string {
  const [name = 'model', tag = 'latest'] = (id.split('/').at(-1) ?? id).split(':')
  const safe = (text: string) => text.toLowerCase().replace(/[^a-z0-9._-]+/g, '-')
  return `${safe(name)}:${safe(tag)}`
}
