import { create } from 'zustand'
import type { ModelsSnapshot } from '../../../electron/contract/model'
import { client } from '../../client/client'
import { follow } from '../../client/follow'

/** Library, catalogue with fit verdicts, and which sources answer; null until the host has answered. */
export const useModels = create<{ models: ModelsSnapshot | null }>(() => ({ models: null }))

export function followModels(signal: AbortSignal): void {
  void follow({
    open: inner => client.models.watch(undefined, { signal: inner }),
    apply: models => useModels.setState({ models }),
    signal,
  })
}
