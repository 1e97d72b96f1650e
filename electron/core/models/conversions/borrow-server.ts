import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { Failure } from '../../../contract/failure'
import { addressOf } from '../../install/find-builds'
import type { JobControl } from '../../lib/jobs.types'
import type { ConversionServer } from '../../runtimes/common-conversion'
import type { LendOptions, LentServer } from '../../supervisor/lend-server'

export type ServerMeans = {
  environment: Readonly<Record<string, string | undefined>>
  fetch: typeof globalThis.fetch
  /** The supervisor's: starts a server that ends with its work. */
  lend(options: LendOptions): Promise<LentServer>
}

export type Borrowed = {
  /** Added to the environment of tools. */ env: Readonly<Record<string, string>>
  ours: boolean
  end(): Promise<void>
}

const answerWithinMs = 1_000
const readyWithinMs = 60_000

/** `elsewhere`: it is set to another machine and does not answer, where none can be started by us. */
export async function askServer(
  { find }: Pick<ConversionServer, 'find'>,
  { environment, fetch }: Pick<ServerMeans, 'environment' | 'fetch'>,
): Promise<{ state: 'runs' | 'stopped' | 'elsewhere'; address: string }> {
  const address = addressOf(find, environment)
  try {
    const response = await fetch(address + find.path, { signal: AbortSignal.timeout(answerWithinMs), redirect: 'manual' })
    if (response.ok && find.parse((await response.text()).slice(0, 10_000)) !== null) return { state: 'runs', address }
  } catch {
    // It does not run.
  }
  return { state: isHere(new URL(address).hostname) ? 'stopped' : 'elsewhere', address }
}

const isHere = (hostname: string) => hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname)

/**
 * The server that runs, or one of ours on the same store until `end`. Rejects with Failure `server-down` when neither can be:
 * it is set to another machine, or its store may only be written by its own service.
 */
export async function borrowServer(
  server: ConversionServer,
  means: ServerMeans,
  { job, tools, store }: { job: JobControl; tools: Readonly<Record<string, string>>; store: string | null },
): Promise<Borrowed> {
  const step = job.step('server')
  step.start()
  const { state, address } = await askServer(server, means)
  if (state === 'runs') {
    step.done(`runs at ${address}`)
    return { env: {}, ours: false, end: () => Promise.resolve() }
  }
  if (state === 'elsewhere')
    throw new Failure('server-down', `${server.title} is set to ${address}, which does not answer. Start it there.`)
  if (store !== null && !(await mayWrite(store)))
    throw new Failure(
      'server-down',
      `${server.title} does not run, and its models lie in ${store}, where only its own service may write. Start that service and try again.`,
    )
  step.detail('It does not run: one is being started for this')
  const lent = await means.lend({
    ...{ title: server.title, readyPath: server.find.path, readyTimeoutMs: readyWithinMs, signal: job.signal },
    log: text => job.log(text),
    process: port => ({
      ...{ kind: 'spawn', file: tools[server.tool] ?? '', args: server.args, cwd: null },
      env: server.env({ host: `127.0.0.1:${port}`, store }),
    }),
  })
  step.done('started for this; it ends with it')
  return { env: server.toolEnv(lent.host), ours: true, end: lent.end }
}

const mayWrite = (folder: string) =>
  access(folder, constants.W_OK).then(
    () => true,
    () => false,
  )
