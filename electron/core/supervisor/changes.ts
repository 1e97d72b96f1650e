import type { InstancesEvent } from '../../contract/instance'
import { createEventBus } from '../lib/event-bus'
import type { Runner } from './instance-runner'
import { residentMiBOf } from './processes'
import type { Timings } from './timings'

export type Changes = {
  /** An urgent change (of state) is told at once, another with those that come within `changesEveryMs`. */
  changed(id: string, urgent: boolean): void
  removed(id: string): void
  subscribe(listener: (event: InstancesEvent) => void): () => void
  end(): void
}

/** Tells subscribers what changed, and reads the memory of all runtimes while there are any. */
export function createChanges(runners: () => readonly Runner[], timings: Timings): Changes {
  const bus = createEventBus<InstancesEvent>()
  const waiting = new Set<string>()
  let timer: NodeJS.Timeout | null = null
  let sampler: NodeJS.Timeout | null = null
  let subscribers = 0

  const tell = (id: string) => {
    const instance = runners()
      .map(runner => runner.instance())
      .find(each => each.id === id)
    waiting.delete(id)
    if (instance) bus.emit({ type: 'changed', instance })
  }

  const tellWaiting = () => {
    timer = null
    for (const each of [...waiting]) tell(each)
  }

  async function sample() {
    const living = runners().filter(runner => runner.instance().pid !== null)
    const resident = await residentMiBOf(living.flatMap(runner => runner.instance().pid ?? []))
    for (const runner of living) {
      const { pid } = runner.instance()
      const mib = pid === null ? undefined : resident.get(pid)
      const residentMiB = mib === undefined ? null : Math.round(mib * 10) / 10
      if (residentMiB !== runner.instance().residentMiB) runner.patch({ residentMiB })
    }
  }

  return {
    changed(id, urgent) {
      if (subscribers === 0) return
      waiting.add(id)
      if (urgent) tell(id)
      else timer ??= setTimeout(tellWaiting, timings.changesEveryMs)
    },
    removed: id => bus.emit({ type: 'removed', id }),
    subscribe(listener) {
      const stop = bus.subscribe(listener)
      subscribers += 1
      sampler ??= setInterval(() => void sample(), timings.residentEveryMs)
      return () => {
        stop()
        subscribers -= 1
        if (subscribers > 0 || !sampler) return
        clearInterval(sampler)
        sampler = null
      }
    },
    end() {
      if (timer) clearTimeout(timer)
      if (sampler) clearInterval(sampler)
    },
  }
}
