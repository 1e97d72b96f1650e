import type { Exported, exportFormats, Imported } from '../../contract/exchange'
import { Failure } from '../../contract/failure'
import type { Runtime } from '../runtimes/runtime'
import type { Supervisor } from '../supervisor/supervisor.types'
import { readLlamaSwap } from './read-llama-swap'
import { writeLitellm, writeLlamaSwap, type ExportedInstance } from './write'

export type ExchangeDeps = {
  supervisor: Pick<Supervisor, 'list' | 'attempt'>
  runtimes: readonly Runtime[]
  /** Ends in /v1; null while the gateway is not up. */
  gatewayAddress(): string | null
}

/** Files of other programs, both ways. */
export function createExchange({ supervisor, runtimes, gatewayAddress }: ExchangeDeps) {
  const ready = () => supervisor.list().filter(each => each.state.kind === 'ready' && !each.route.includes('#'))
  return {
    write(format: (typeof exportFormats)[number]): Exported {
      if (format === 'llama-swap') return writeLlamaSwap(ready().flatMap(instance => withPlan(instance) ?? []))
      const address = gatewayAddress()
      if (address === null) throw new Failure('not-ready', 'The gateway is not up, so there is no address to write.')
      return writeLitellm(ready(), address)
    },
    read: (text: string): Imported => readLlamaSwap(text, runtimes),
  }

  function withPlan(instance: ExportedInstance['instance']): ExportedInstance | null {
    const runtime = runtimes.find(each => each.id === instance.runtime)
    const attempt = supervisor.attempt(instance.id)
    return runtime && attempt ? { instance, runtime, ...attempt } : null
  }
}
