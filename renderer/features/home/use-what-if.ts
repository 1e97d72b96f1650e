import { useEffect } from 'react'
import { client } from '../../client/client'
import { reportOfError, wasAborted } from '../../client/failure'
import { useMachine } from '../shared/machine.store'
import { useRecommend } from './recommend.store'
import { questionOf, useWhatIf } from './what-if.store'

/** Asks the host as the sliders move, one question at a time: only the last position is answered. */
export function useWhatIfAnswers(): void {
  const need = useRecommend(store => store.need)
  const choice = useWhatIf(store => store.choice)
  const detectedAt = useMachine(store => store.machine?.detectedAt)
  useEffect(() => {
    const question = need && questionOf(need, choice)
    if (!question) {
      useWhatIf.setState({ answer: null, failure: null })
      return
    }
    const controller = new AbortController()
    client.recommend.whatIf(question, { signal: controller.signal }).then(
      answer => useWhatIf.setState({ answer, failure: null }),
      (error: unknown) => {
        if (!wasAborted(error) && !controller.signal.aborted) useWhatIf.setState({ answer: null, failure: reportOfError(error).message })
      },
    )
    return () => controller.abort()
  }, [need, choice])

  useEffect(() => {
    if (!need) return
    const controller = new AbortController()
    const timer = setTimeout(() => {
      client.recommend.shopping(need, { signal: controller.signal }).then(
        shopping => useWhatIf.setState({ shopping }),
        // The list is an offer; without it the sliders still work.
        () => undefined,
      )
    }, 400)
    return () => {
      clearTimeout(timer)
      controller.abort()
    }
  }, [need, detectedAt])
}
