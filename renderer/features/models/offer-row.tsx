import { useState } from 'react'
import type { ConversionOffer } from '../../../electron/contract/model-store'
import { Button } from '../../ui/button'
import { bytes } from '../../ui/format'
import { ReachLine } from './reach-line'

/** One conversion: what comes out, by which command, and what would be fetched for it first. */
export function OfferRow({ offer, onRun }: { offer: ConversionOffer; onRun: (choice: string | null) => void }) {
  const [choice, setChoice] = useState(offer.choices[0] ?? null)
  const packs = offer.install?.packs ?? []
  const fetches = offer.why !== null && packs.length > 0 && packs.every(({ why }) => why === null)
  const can = offer.why === null || fetches
  return (
    <ReachLine name={offer.title} words={<Words offer={offer} fetches={fetches} />}>
      <span className="inline-flex items-center gap-2">
        {offer.choices.length > 0 && can && (
          <select
            aria-label={`What ${offer.title}`}
            className="h-6 rounded-1 border border-edge bg-raised px-1 text-12"
            value={choice ?? ''}
            onChange={event => setChoice(event.target.value)}
          >
            {offer.choices.map(each => (
              <option key={each}>{each}</option>
            ))}
          </select>
        )}
        <Button
          size="low"
          disabled={!can}
          aria-label={fetches ? `Fetch the tools and begin ${offer.title}` : `Begin ${offer.title}`}
          onClick={() => onRun(choice)}
        >
          {fetches ? 'Fetch and begin' : 'Begin'}
        </Button>
      </span>
    </ReachLine>
  )
}

function Words({ offer: { why, bytes: size, install, command, note }, fetches }: { offer: ConversionOffer; fetches: boolean }) {
  return (
    <>
      {why ?? (size === null ? 'nothing is copied where the disk allows it' : `about ${bytes(size)}`)}
      {note != null && <span className="block">{note}</span>}
      {install?.packs?.map(pack => (
        <span key={pack.id} className="block">
          {pack.title}: {pack.why ?? amounts(pack.bytes, pack.diskBytes)} <span className="text-12">({pack.source})</span>
        </span>
      ))}
      {install && !fetches && (
        <span className="block">
          {install.title}
          {install.command !== null && (
            <>
              : <code>{install.command}</code>
            </>
          )}
        </span>
      )}
      {why === null && command !== null && <code className="block text-12">{command}</code>}
    </>
  )
}

const amounts = (arrives: number | null, stays: number | null) =>
  [arrives === null ? 'size not known' : `about ${bytes(arrives)} to fetch`, stays === null ? null : `${bytes(stays)} on the disk`]
    .filter(each => each !== null)
    .join(', ')
