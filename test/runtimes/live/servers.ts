import { execa } from 'execa'
import getPort from 'get-port'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { installOllama } from './install-ollama'
import { must } from './rows'
import type { Means } from './subjects'

/** A server that runs already when the app looks. `attach`: it is attached to by its address; else the app finds it by `environment`. */
export type Server = {
  environment: Record<string, string>
  attach: { address: string; key: string | null; model: string | null } | null
  pid: number
  end(): Promise<void>
}

/** `ollama serve` as a person has it running, with a store of its own. */
export async function serveOllama(means: Means): Promise<Server> {
  const file = join(await installOllama(means), 'ollama')
  const port = await getPort({ host: '127.0.0.1' })
  const store = join(means.cache, 'ollama-served')
  await mkdir(store, { recursive: true })
  const address = `127.0.0.1:${port}`
  const env = { OLLAMA_HOST: address, OLLAMA_MODELS: store, HOME: store }
  const child = execa(file, ['serve'], { env, reject: false, stdin: 'ignore', stdout: 'ignore', stderr: 'ignore' })
  must(child.pid !== undefined, 'ollama serve could not be started')
  await untilItAnswers(`http://${address}/api/version`)
  return {
    ...{ environment: { OLLAMA_HOST: address }, attach: null, pid: child.pid },
    async end() {
      child.kill('SIGTERM')
      await child
    },
  }
}

/** Waits for 200; a server that needs longer than `withinMs` is not used. */
export async function untilItAnswers(url: string, withinMs = 30_000) {
  const end = performance.now() + withinMs
  for (;;) {
    const reply = await fetch(url).catch(() => null)
    if (reply?.ok) return
    must(performance.now() < end, `${url} does not answer`)
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}
