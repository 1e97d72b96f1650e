import { useEffect, useState } from 'react'
import { client } from '../../client/client'
import { useSettings } from '../shared/settings.store'

/** Runtime of the stack that is recommended for the saved need; null until it is known. */
export function useRecommended(): string | null {
  const need = useSettings(store => store.settings?.need)
  const [recommended, setRecommended] = useState<string | null>(null)
  useEffect(() => {
    if (!need) return
    const controller = new AbortController()
    client.recommend.decide(need, { signal: controller.signal }).then(
      ({ decisions }) => setRecommended(decisions.find(each => !each.engineTest)?.runtime ?? null),
      // Without an answer no row is marked; Home says why there is none.
      () => undefined,
    )
    return () => controller.abort()
  }, [need])
  return recommended
}
