import { useMemo } from 'react'
import { useGateway } from '../shared/gateway.store'
import { useInstances } from '../shared/instances.store'
import { targetsOf, type Target } from './targets'

/** What can be asked now, kept as one list while nothing of it changes. */
export function useTargets(): readonly Target[] {
  const instances = useInstances(store => store.instances)
  const gateway = useGateway(store => store.gateway)
  return useMemo(() => targetsOf(instances ?? [], gateway), [instances, gateway])
}
