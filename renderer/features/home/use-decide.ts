import { useEffect } from 'react'
import { client } from '../../client/client'
import { reportOfError, wasAborted } from '../../client/failure'
import { useInstances } from '../shared/instances.store'
import { useMachine } from '../shared/machine.store'
import { useModels } from '../shared/models.store'
import { useRuntimes } from '../shared/runtimes.store'
import { changeSettings, useSettings } from '../shared/settings.store'
import { dispatch, useRecommend } from './recommend.store'

const settleMs = 180

/** Asks again whenever the need changes, or something the answer rests on: the machine, files, builds, what is loaded. */
export function useDecide(): void {
  const kept = useSettings(store => store.settings?.need)
  useEffect(() => {
    if (kept) dispatch({ type: 'loaded', need: kept })
  }, [kept])

  const need = useRecommend(store => store.need)
  const ground = useGround()
  useEffect(() => {
    if (!need || ground === null) return
    const controller = new AbortController()
    dispatch({ type: 'asked' })
    const timer = setTimeout(() => {
      client.recommend.decide(need, { signal: controller.signal }).then(
        recommendation => {
          if (!controller.signal.aborted) dispatch({ type: 'answered', recommendation })
        },
        (error: unknown) => {
          if (!controller.signal.aborted && !wasAborted(error)) dispatch({ type: 'failed', failure: reportOfError(error) })
        },
      )
    }, settleMs)
    return () => {
      clearTimeout(timer)
      controller.abort()
    }
  }, [need, ground])

  useEffect(() => {
    const before = useSettings.getState().settings?.need
    if (!need || !before || JSON.stringify(before) === JSON.stringify(need)) return
    // The need of the next start is a convenience; that it could not be kept shows itself then, and is no failure now.
    const timer = setTimeout(() => void changeSettings({ need }).catch(() => undefined), 600)
    return () => clearTimeout(timer)
  }, [need])
}

/** Everything but the need that an answer rests on, as one string that changes when it does; null until the machine is known. */
function useGround(): string | null {
  const machine = useMachine(store => store.machine)
  const files = useModels(store => store.models?.library.map(file => `${file.id} ${file.state}`).join())
  const sources = useModels(store => JSON.stringify(store.models?.reachable))
  const builds = useRuntimes(store => store.runtimes?.flatMap(runtime => runtime.builds.map(build => build.id)).join())
  const loaded = useInstances(store => store.instances?.map(instance => `${instance.id} ${instance.state.kind}`).join())
  if (!machine) return null
  const corrected = Object.entries(machine.origins)
    .filter(([, origin]) => origin.kind === 'person')
    .map(([path]) => path)
  return [machine.detectedAt, corrected.join(), files, sources, builds, loaded].join('|')
}
