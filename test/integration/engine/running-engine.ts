import { execa } from 'execa'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..', '..', '..')
export const canaryFile = join(root, 'resources', 'canary', 'canary.Q8_0.gguf')
export const draftFile = join(root, 'resources', 'canary', 'canary-draft.Q8_0.gguf')
const engineFile = join(root, 'dist', 'host', 'engine.js')
export const key = 'a key of this test'

export type RunningEngine = Awaited<ReturnType<typeof startEngine>>

/** Starts the built engine as the supervisor does, on a port the system gives, and waits until it says where it listens. */
export async function startEngine(options: Record<string, unknown> = {}, environment: Readonly<Record<string, string>> = {}) {
  const child = execa(
    process.execPath,
    [
      engineFile,
      JSON.stringify({ modelPath: canaryFile, alias: 'roundhouse/canary', port: 0, contextTokens: 1024, threads: 1, ...options }),
    ],
    { env: { ...environment, RH_ENGINE_KEY: key }, reject: false, buffer: false, stdin: 'ignore', stdout: 'ignore', stderr: 'pipe' },
  )
  const lines: string[] = []
  const seen = new Promise<string | null>(resolve => {
    void (async () => {
      for await (const line of child.iterable({ from: 'stderr' })) {
        lines.push(line)
        const at = /^listening on (\S+),/.exec(line)?.[1]
        if (at !== undefined) resolve(at)
      }
      resolve(null)
    })()
  })
  const address = (await seen) ?? ''
  const call = (path: string, body?: unknown, init: { signal?: AbortSignal; authorization?: string } = {}) =>
    fetch(address + path, {
      ...(body === undefined ? {} : { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) }),
      signal: init.signal ?? null,
      headers: { authorization: init.authorization ?? `Bearer ${key}` },
    })
  return {
    child,
    address,
    lines,
    call,
    /** JSON of an answer, whatever its status. */
    json: async (path: string, body?: unknown) => (await call(path, body)).json() as Promise<Record<string, never>>,
    async ready() {
      for (;;) {
        const { status } = await call('/health')
        if (status === 200) return
        await new Promise(resolve => setTimeout(resolve, 20))
      }
    },
    async stop() {
      child.kill('SIGKILL')
      await child
    },
  }
}

export type StreamEvent = {
  choices: { delta?: { content?: string; role?: string }; text?: string; finish_reason: string | null }[]
  usage?: { prompt_tokens: number; completion_tokens: number; prompt_tokens_details: { cached_tokens: number } }
  timings?: { predicted_n: number; predicted_per_second: number | null; cache_n: number; prompt_n: number; draft_n?: number }
}

/** Reads a whole event stream: its events, its text, and whether it ended with `[DONE]`. */
export async function readStream(response: Response) {
  const data = (await response.text()).split('\n\n').flatMap(block => (block.startsWith('data: ') ? [block.slice(6)] : []))
  const events = data.filter(each => each !== '[DONE]').map(each => JSON.parse(each) as StreamEvent)
  const text = events.flatMap(event => event.choices.map(choice => choice.delta?.content ?? choice.text ?? '')).join('')
  return { events, text, done: data.at(-1) === '[DONE]', last: events.findLast(event => event.choices.length > 0) }
}
