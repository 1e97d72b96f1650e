import { useState } from 'react'
import type { OfferDetail } from '../../../electron/contract/install'
import type { RuntimeDetail } from '../../../electron/contract/runtime-detail'
import { Button } from '../../ui/button'
import { bytes, duration } from '../../ui/format'
import { Cell, HeadCell, RowHead, Table } from '../../ui/table'
import { InstallDialog } from './install-dialog'
import { backendWords } from './runtime-words'
import { UpdateDialog } from './update-dialog'

/** The ways to get a build, each with what it costs, or why it cannot be had now. */
export function OffersTable({ runtime }: { runtime: RuntimeDetail }) {
  const [open, setOpen] = useState<OfferDetail | null>(null)
  return (
    <>
      <Table label={`What can be installed of ${runtime.title}`}>
        <thead>
          <tr>
            <HeadCell className="pl-gut!">Build</HeadCell>
            <HeadCell>From</HeadCell>
            <HeadCell>Devices</HeadCell>
            <HeadCell number>Download</HeadCell>
            <HeadCell number>Time</HeadCell>
            <HeadCell number className="sticky right-0 pr-gut!">
              <span className="sr-only">Action</span>
            </HeadCell>
          </tr>
        </thead>
        <tbody>
          {runtime.offers.map(offer => (
            <tr key={offer.id} className="bg-surface hover:bg-hover">
              <RowHead className="h-9! pl-gut!">{offer.title}</RowHead>
              <Cell className="max-w-64 truncate text-ink-2" title={offer.source}>
                {offer.source}
              </Cell>
              <Cell>{backendWords(offer.backends) || '–'}</Cell>
              <Cell number>{bytes(offer.plan.downloadBytes ?? offer.bytes)}</Cell>
              <Cell number title={offer.plan.secondsHow}>
                {offer.plan.seconds === null ? '–' : `about ${duration(offer.plan.seconds * 1000)}`}
              </Cell>
              <Cell number className="sticky right-0 bg-inherit pr-gut!">
                <OfferAction offer={offer} onOpen={() => setOpen(offer)} />
              </Cell>
            </tr>
          ))}
        </tbody>
      </Table>
      {open &&
        (open.updates === null ? (
          <InstallDialog runtime={runtime} first={open} onClose={() => setOpen(null)} />
        ) : (
          <UpdateDialog runtime={runtime} target={open.id} onClose={() => setOpen(null)} />
        ))}
    </>
  )
}

function OfferAction({ offer, onOpen }: { offer: OfferDetail; onOpen: () => void }) {
  if (offer.why !== null) {
    return (
      <span className="inline-block max-w-96 truncate align-middle text-ink-2" title={offer.why}>
        {offer.why}
      </span>
    )
  }
  const word = offer.updates !== null ? 'Update…' : offer.fetchKind === 'vendor' ? 'How to' : 'Install…'
  return (
    <Button size="low" aria-label={`${word.replace('…', '')} ${offer.title}`} onClick={onOpen}>
      {word}
    </Button>
  )
}
