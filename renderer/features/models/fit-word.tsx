import type { Fit } from '../../../electron/contract/model'
import { StateWord, type Tone } from '../../ui/state-word'

const tones: Record<Fit['verdict'], Tone> = { fits: 'ok', partly: 'warn', 'does-not-fit': 'bad', unknown: 'info' }

/** Whether a file fits this machine, as the estimate says it. */
export function FitWord({ fit }: { fit: Fit }) {
  return (
    <span title="estimated from its size and shape, and what is free here">
      <StateWord tone={tones[fit.verdict]}>{fit.text}</StateWord>
    </span>
  )
}
