import { contextLength } from '../../ui/format'
import { contextStep, contextSteps } from './need-words'
import { useRecommend } from './recommend.store'

interface Props {
  /** Null lets the recommender choose. */
  tokens: number | null
  users: number
  onChange: (tokens: number | null) => void
}

/** The context each user needs, on a scale where each step doubles; or left to the recommendation. */
export function ContextChoice({ tokens, users, onChange }: Props) {
  const chosen = useRecommend(store => store.recommendation?.decisions[0]?.contextTokens ?? null)
  const shown = tokens ?? chosen ?? 8192
  const step = contextStep(shown)
  const to = Math.max(contextSteps.to, step)
  const words = `${contextLength(shown)}${users > 1 ? ' each' : ''}`
  return (
    <>
      <span aria-hidden="true" className="text-ink-3">
        {contextLength(2 ** contextSteps.from)}
      </span>
      <input
        type="range"
        aria-label="Context"
        aria-valuetext={tokens === null ? `${words}, chosen for you` : words}
        className="range w-[200px]"
        min={contextSteps.from}
        max={to}
        value={step}
        onChange={event => onChange(2 ** Number(event.target.value))}
      />
      <span aria-hidden="true" className="text-ink-3">
        {contextLength(2 ** to)}
      </span>
      <output className="min-w-16 font-semibold">{words}</output>
      {tokens === null ? (
        <span className="text-ink-3">chosen for you</span>
      ) : (
        <button type="button" className="quiet-link text-ink-2" onClick={() => onChange(null)}>
          choose for me
        </button>
      )}
    </>
  )
}
