import { useEffect, useState } from 'react'
import { client } from '../../client/client'
import { reportOfError, wasAborted } from '../../client/failure'
import { useInstances } from '../shared/instances.store'
import { useMachine } from '../shared/machine.store'
import { useModels } from '../shared/models.store'
import { useRuntimes } from '../shared/runtimes.store'
import { changeSettings, useSettings } from '../shared/settings.store'
import { dispatch, useRecommend } from './recommend.store'

const settleMs = 180
/** The engine reckons within a second or two; asked again three times at most. */
const againMs = 2_500
const mostAgain = 3

/** Asks again whenever the need changes, or something the answer rests on: the machine, files, builds, what is loaded. */
export function useDecide(): void {
  const kept = useSettings(store => store.settings?.need)
  useEffect(() => {
    if (kept) dispatch({ type: 'loaded', need: kept })
  }, [kept])

  const need = useRecommend(store => store.need)
  const ground = useGround()
  const pending = usePending()
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
  }, [need, ground, pending])

  useEffect(() => {
    const before = useSettings.getState().settings?.need
    if (!need || !before || JSON.stringify(before) === JSON.stringify(need)) return
    // The need of the next start is a convenience; that it could not be kept shows itself then, and is no failure now.
    const timer = setTimeout(() => void changeSettings({ need }).catch(() => undefined), 600)
    return () => clearTimeout(timer)
  }, [need])
}

/** Counts up while the engine still reckons the memory of the shown decision, so that its figure is fetched. */
function usePending(): number {
  const [count, setCount] = useState(0)
  const recommendation = useRecommend(store => store.recommendation)
  const chosen = useRecommend(store => store.shownRank !== null)
  const pending = recommendation?.decisions.some(each => each.memory.simulation?.pending === true) ?? false
  useEffect(() => {
    if (!pending || chosen || count >= mostAgain) return
    const timer = setTimeout(() => setCount(count + 1), againMs)
    return () => clearTimeout(timer)
  }, [pending, chosen, count, recommendation])
  return count
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
  return [machine.detectedAt, machine.pending?.join(), corrected.join(), files, sources, builds, loaded].join('|')
}
