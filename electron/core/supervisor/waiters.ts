import { Failure } from '../../contract/failure'
import type { Instance } from '../../contract/instance'

/** Those who wait for an instance to be ready. Every settled state answers all of them, one way or the other. */
export function createWaiters() {
  let waiting: { resolve(instance: Instance): void; reject(failure: Failure): void }[] = []

  function answer(instance: Instance) {
    const { kind } = instance.state
    if (kind === 'starting' || kind === 'stopping') return
    const answered = waiting
    waiting = []
    for (const waiter of answered) {
      if (kind === 'ready') waiter.resolve(instance)
      else waiter.reject(failureOf(instance))
    }
  }

  return {
    answer,
    wait: (instance: Instance) =>
      new Promise<Instance>((resolve, reject) => {
        waiting.push({ resolve, reject })
        answer(instance)
      }),
  }
}

function failureOf({ state, modelTitle }: Instance): Failure {
  if (state.kind === 'stuck') return new Failure('did-not-start', state.why)
  if (state.kind !== 'failed' && state.kind !== 'backoff') return new Failure('cancelled', `${modelTitle} was stopped before it was ready`)
  return new Failure('did-not-start', `${state.autopsy.headline}. ${state.autopsy.explanation}`)
}
