import { randomUUID } from 'node:crypto'
import { basename } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Failure } from '../../contract/failure'
import type { LaunchableProcess, Launchers } from './launcher'
import type { Ledger } from './ledger'
import { createPorts, listenerBelongs } from './ports'
import { markerOf } from './spawn-launcher'
import { terminate } from './terminate'
import { defaultTimings } from './timings'

/** A server that is wanted for a piece of work and not as a runtime on the list. */
export type LendOptions = {
  title: string
  /** What is started, once its port is known. */
  process(port: number): Extract<LaunchableProcess, { kind: 'spawn' }>
  /** GET until it answers 200. */
  readyPath: string
  readyTimeoutMs: number
  signal: AbortSignal
  log(text: string): void
}
export type LentServer = { host: string; /** Resolves when nothing of it is alive. */ end(): Promise<void> }

export type LendDeps = { launchers: Launchers; ledger: Ledger; installId: string; fetch: typeof globalThis.fetch }

const everyMs = 100
const stop = { graceMs: 10_000, secondSignal: false }

/**
 * Starts a server under the same guard and in the same ledger as every runtime, and waits until it answers. Rejects with Failure
 * `not-installed` or `did-not-start` with its last words, or with the signal's reason; nothing of it is left then.
 */
export async function lendServer({ launchers, ledger, installId, fetch }: LendDeps, options: LendOptions): Promise<LentServer> {
  const { title, signal, log } = options
  const ports = createPorts()
  const port = await ports.reserve()
  const process = options.process(port)
  const runId = randomUUID()
  await ledger.begin({ runId, instance: title, executable: process.file, port })
  const words: string[] = []
  const state = { gone: false }
  const handle = await launchers.spawn.launch(process, { runId, key: '' }).catch((error: unknown) => {
    ledger.ended(runId)
    throw error
  })
  handle.lines(({ text }) => {
    words.push(text)
    if (words.length > 20) words.shift()
  })
  const exited = handle.exited.then(() => {
    state.gone = true
    ledger.ended(runId)
    ports.release(port)
  })
  const end = async () => {
    if (state.gone) return
    await terminate(handle, { stop, endedBy: 'person', timings: defaultTimings, events: { onUnkillable: log } })
    await Promise.race([exited, sleep(defaultTimings.killWaitMs)])
  }
  const host = `127.0.0.1:${port}`
  const refuse = (why: string) => new Failure('did-not-start', `${title} ${why}${words.length > 0 ? `: ${words.at(-1)}` : ''}`)
  try {
    await ledger.launched(runId, handle.pid)
    const deadlineMs = performance.now() + options.readyTimeoutMs
    while (!(await answers(fetch, `http://${host}${options.readyPath}`, signal))) {
      signal.throwIfAborted()
      if (state.gone) throw refuse(`(${basename(process.file)}) ended at its start`)
      if (performance.now() > deadlineMs) throw refuse('did not answer in time')
      await sleep(everyMs, undefined, { signal })
    }
    const owner = handle.pid === null ? 'unknown' : await listenerBelongs(port, handle.pid, markerOf(installId, runId))
    if (owner === 'foreign' || owner === 'exposed') throw refuse(`does not listen as told on port ${port}`)
  } catch (error) {
    await end()
    throw error
  }
  return { host, end }
}

async function answers(fetch: LendDeps['fetch'], address: string, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(address, { signal: AbortSignal.any([signal, AbortSignal.timeout(1_000)]), redirect: 'manual' })
    await response.body?.cancel()
    return response.ok
  } catch {
    return false
  }
}
