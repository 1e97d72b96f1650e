import type { Gpu, Machine } from '../../../electron/contract/machine'
import { client } from '../../client/client'
import { Hint } from '../../ui/hint'
import { StateWord } from '../../ui/state-word'
import { act } from '../shared/notice.store'
import { warningParts } from './machine-facts'

type Warning = Machine['warnings'][number]

/** That a GPU is not used is said beside it, once. */
export const isNotSaidAbove = ({ code }: Warning): boolean => code !== 'gpu-not-used' && code !== 'integrated-gpu-not-used'

/** Of a card of its own the reason stands there in full: something may be done about it. */
export function NotUsed({ gpu }: { gpu: Gpu }) {
  const why = gpu.whyNot ?? 'No reason was given.'
  if (!gpu.integrated)
    return (
      <p className="mt-0.5 text-12">
        <StateWord tone="warn">
          <span className="whitespace-normal text-ink">Not used for LLMs. {why}</span>
        </StateWord>
      </p>
    )
  return (
    <p className="text-12 text-ink-2">
      not used for LLMs{' '}
      <Hint className="quiet-link" text={why}>
        why?
      </Hint>
    </p>
  )
}

interface Props {
  warning: Warning
  /** Opens what a person may type in. */
  onCorrect: () => void
}

/** A warning with its why and what can be done. A change since the last detection can be put away once read; what is still so stays. */
export function MachineNote({ warning: { code, text, dismiss }, onCorrect }: Props) {
  const { short, why } = dismiss === undefined ? warningParts(text) : { short: text, why: null }
  const isAsked = code === 'memory-unknown'
  return (
    <>
      {short}
      {why !== null && !isAsked && (
        <>
          {' '}
          <Hint className="quiet-link text-ink-2" text={why.charAt(0).toUpperCase() + why.slice(1)}>
            why?
          </Hint>
        </>
      )}
      {isAsked && (
        <>
          :{' '}
          <button type="button" className="quiet-link" onClick={onCorrect}>
            type it in
          </button>
        </>
      )}
      {dismiss !== undefined && (
        <>
          {' '}
          <button
            type="button"
            className="quiet-link text-ink-2"
            aria-label={`Dismiss: ${text}`}
            onClick={() => void act('That could not be put away', () => client.machine.dismiss({ warning: dismiss }))}
          >
            dismiss
          </button>
        </>
      )}
    </>
  )
}
