import type { RuntimeDetail } from '../../../electron/contract/runtime-detail'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'

/** Why a runtime cannot be had or run here, and what would change that. */
export function WhyDialog({ runtime, onClose }: { runtime: RuntimeDetail; onClose: () => void }) {
  const { title, verdict, offers, homepage } = runtime
  const why = verdict.can ? 'It could run on this machine, but nothing can be installed now.' : verdict.why
  return (
    <Dialog
      open
      onOpenChange={open => {
        if (!open) onClose()
      }}
      title={`Why not ${title}?`}
      about={why}
      foot={<Button onClick={onClose}>Close</Button>}
    >
      <div className="grid gap-3">
        {offers.length > 0 && (
          <ul className="grid gap-1 text-ink-2">
            {offers.map(offer => (
              <li key={offer.id}>
                <span className="text-ink">{offer.title}</span>: {offer.why ?? `can be had from ${offer.source}`}
              </li>
            ))}
          </ul>
        )}
        {verdict.can && verdict.notes.map(note => <p key={note}>{note}</p>)}
        <p>
          <a href={homepage} target="_blank" rel="noreferrer">
            {homepage}
          </a>
        </p>
      </div>
    </Dialog>
  )
}
