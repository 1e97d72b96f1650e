import { create } from 'zustand'
import type { Instance, InstancesEvent } from '../../../electron/contract/instance'
import { client } from '../../client/client'
import { follow } from '../../client/follow'
import { reduceKeyed } from './keyed'
import { shortName } from './names'

export interface InstancesStore {
  /** All instances, in order of start; null until the host has answered. */
  instances: Instance[] | null
}

export const useInstances = create<InstancesStore>(() => ({ instances: null }))

/** How an event changes the list: pure. */
export function reduceInstances(store: InstancesStore, event: InstancesEvent): InstancesStore {
  if (event.type === 'snapshot') return { instances: reduceKeyed(store.instances, { type: 'snapshot', items: event.instances }) }
  if (event.type === 'changed') return { instances: reduceKeyed(store.instances, { type: 'changed', item: event.instance }) }
  return { instances: reduceKeyed(store.instances, event) }
}

export function followInstances(signal: AbortSignal): void {
  void follow({
    open: inner => client.instances.watch(undefined, { signal: inner }),
    apply: event => useInstances.setState(store => reduceInstances(store, event)),
    signal,
  })
}

/** Where an instance runs, in a word or two: `RTX 4090`, `CPU`, `RTX 4090 and CPU`; null when nothing says so. */
export function deviceOf(instance: Instance): string | null {
  const estimate = instance.estimate
  if (!estimate) return null
  if (estimate.gpuLayers === 0) return 'CPU'
  const cards = estimate.devices.filter(device => device.id !== 'ram' && device.weightsMiB > 0).map(device => shortName(device.name))
  const all = estimate.gpuLayers < estimate.layers ? [...cards, 'CPU'] : cards
  return all.length === 0 ? null : all.join(' and ')
}
