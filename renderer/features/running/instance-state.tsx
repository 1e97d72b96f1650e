import type { InstanceState } from '../../../electron/contract/instance'
import { percent } from '../../ui/format'
import { StateWord } from '../../ui/state-word'

/** The state of an instance in a word or two. */
export function InstanceStateWord({ state, nowMs }: { state: InstanceState; nowMs: number }) {
  switch (state.kind) {
    case 'ready':
      return <StateWord tone="ok">Ready</StateWord>
    case 'starting':
      return (
        <StateWord tone="busy">
          {state.step === '' ? 'Starting' : state.step}
          {state.progress === null ? '' : `, ${percent(state.progress)}`}
        </StateWord>
      )
    case 'stopping':
      return <StateWord tone="busy">Stopping</StateWord>
    case 'stopped':
      return <StateWord tone="info">Stopped</StateWord>
    case 'backoff':
      return <StateWord tone="warn">Retries in {Math.max(0, Math.ceil((Date.parse(state.retryAt) - nowMs) / 1000))} s</StateWord>
    case 'failed':
      return <StateWord tone="bad">Failed</StateWord>
    case 'stuck':
      return <StateWord tone="bad">Stuck</StateWord>
  }
}
