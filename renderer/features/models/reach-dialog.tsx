import { useEffect, useState, type ReactNode } from 'react'
import type { LibraryModel } from '../../../electron/contract/model'
import type { ConversionOffer, LinkPreview, Reach } from '../../../electron/contract/model-store'
import { client } from '../../client/client'
import { reportOfError } from '../../client/failure'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { bytes } from '../../ui/format'
import { StateWord } from '../../ui/state-word'
import { libraryName } from '../shared/model-words'
import { act } from '../shared/notice.store'
import { OfferRow } from './offer-row'
import { ReachLine as Line } from './reach-line'
import { ToolsKept } from './tools-kept'

interface Answers {
  reach: Reach[]
  offers: ConversionOffer[]
  shares: { store: string; title: string; preview: LinkPreview }[]
}

/** How a model reaches every runtime: who loads it as it lies, what the others would load, and what it can be turned into. */
export function ReachDialog({ model, onClose }: { model: LibraryModel; onClose: () => void }) {
  const [answers, setAnswers] = useState<Answers | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  useEffect(() => {
    ask(model.id).then(setAnswers, (error: unknown) => setProblem(reportOfError(error).message))
  }, [model.id])
  const end = (headline: string, action: () => Promise<unknown>) => {
    onClose()
    void act(headline, action)
  }
  return (
    <Dialog
      open
      wide
      onOpenChange={open => {
        if (!open) onClose()
      }}
      title={`${libraryName(model)} elsewhere`}
      about="Every runtime of this machine, without a second copy where that is possible."
      foot={<Button onClick={onClose}>Close</Button>}
    >
      {problem !== null && <StateWord tone="bad">{problem}</StateWord>}
      {answers === null && problem === null && <p className="text-ink-2">Looking for runtimes and tools…</p>}
      {answers && (
        <div className="grid gap-4">
          <Section title="Runtimes">
            {answers.reach.map(each => (
              <ReachRow
                key={each.runtime}
                reach={each}
                onDownload={id => end('It could not be downloaded', () => client.models.download({ id }))}
              />
            ))}
          </Section>
          {answers.shares.length > 0 && (
            <Section title="Stores of other programs">
              {answers.shares.map(({ store, title, preview }) => (
                <Line
                  key={store}
                  name={title}
                  words={
                    preview.why ?? `a further name of the same file; ${bytes(preview.savedBytes)} are not copied, and it can be undone`
                  }
                >
                  <Button
                    size="low"
                    disabled={preview.why !== null}
                    aria-label={`Show it to ${title}`}
                    onClick={() => end('It could not be shown there', () => client.models.stores.share({ model: model.id, store }))}
                  >
                    Show it there
                  </Button>
                </Line>
              ))}
            </Section>
          )}
          {answers.offers.length > 0 && (
            <Section title="Turn it into" foot={<ToolsKept />}>
              {answers.offers.map(offer => (
                <OfferRow
                  key={offer.id}
                  offer={offer}
                  onRun={choice =>
                    end('The conversion could not begin', () =>
                      client.models.conversions.run({ id: model.id, conversion: offer.id, choice, install: offer.why !== null }),
                    )
                  }
                />
              ))}
            </Section>
          )}
        </div>
      )}
    </Dialog>
  )
}

async function ask(id: string): Promise<Answers> {
  const [reach, offers, shares] = await Promise.all([client.models.reach({ id }), client.models.conversions.list({ id }), sharesOf(id)])
  return { reach, offers, shares }
}

/** Only stores that are there and take files by their place are worth a line. */
async function sharesOf(model: string): Promise<Answers['shares']> {
  for await (const { stores } of await client.models.stores.watch()) {
    const programs = stores.filter(({ kind }) => kind === 'program')
    const asked = programs.map(async ({ id: store, title }) => ({
      store,
      title,
      preview: await client.models.stores.previewShare({ model, store }),
    }))
    return (await Promise.all(asked)).filter(({ preview }) => !(preview.why?.includes('no models by their place') ?? false))
  }
  return []
}

function Section({ title, children, foot }: { title: string; children: ReactNode; foot?: ReactNode }) {
  return (
    <section>
      <h3 className="pb-1">{title}</h3>
      <ul className="grid gap-1">{children}</ul>
      {foot}
    </section>
  )
}

function insteadWords(instead: Reach['instead']): string {
  if (instead === null) return 'The catalogue knows none of it; the hub may'
  const what = instead.kind === 'convert' ? `Converted ${instead.title} it` : instead.title
  return `${what} would do, ${bytes(instead.bytes)}`
}

function ReachRow({ reach: { title, loads, why, instead }, onDownload }: { reach: Reach; onDownload: (id: string) => void }) {
  if (loads) return <Line name={title} words={<StateWord tone="ok">loads it as it lies</StateWord>} />
  const words = [why, insteadWords(instead)].filter(Boolean).join('. ')
  return (
    <Line name={title} words={words}>
      {instead?.kind === 'download' && (
        <Button size="low" aria-label={`Download ${instead.title} for ${title}`} onClick={() => onDownload(instead.id)}>
          Download
        </Button>
      )}
    </Line>
  )
}
