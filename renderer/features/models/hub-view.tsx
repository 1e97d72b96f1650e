import KeyRound from 'lucide-react/icons/key-round'
import RefreshCw from 'lucide-react/icons/refresh-cw'
import { useEffect, useState } from 'react'
import { Link, useLocation } from 'wouter'
import type { HubModel, HubQuery } from '../../../electron/contract/hub'
import { sentence } from '../../client/failure'
import { Button } from '../../ui/button'
import { ChooseOne } from '../../ui/choice'
import { Input } from '../../ui/field'
import { Skeleton } from '../../ui/skeleton'
import { StateWord } from '../../ui/state-word'
import { Switch } from '../../ui/switch'
import { Cell, HeadCell, RowHead, Table } from '../../ui/table'
import { parameterCount } from '../shared/model-words'
import { useTitle } from '../shared/title.store'
import { FitWord } from './fit-word'
import { moreOfHub, searchHub, useHub } from './hub.store'
import { TokenDialog } from './token-dialog'

const formats = [
  { value: 'gguf', label: 'GGUF' },
  { value: 'safetensors', label: 'safetensors' },
  { value: 'mlx', label: 'MLX' },
  { value: 'any', label: 'any' },
] as const
const sorts = [
  { value: 'downloads', label: 'downloads' },
  { value: 'trending', label: 'trending' },
  { value: 'likes', label: 'likes' },
  { value: 'updated', label: 'newest' },
] as const
const sizes = [
  { value: '0', label: 'any size' },
  { value: '4', label: 'up to 4B' },
  { value: '10', label: '10B' },
  { value: '35', label: '35B' },
] as const

/** The hub, searched: each repository with a verdict for this machine before anything is fetched. */
export function HubView() {
  const { query, models, leftOut, cursor, isAsking, failure } = useHub()
  const [setting, setSetting] = useState(false)
  useTitle('Hub', models === null ? null : `${models.length} shown${leftOut > 0 ? `, ${leftOut} left out` : ''}`)
  useEffect(() => {
    if (useHub.getState().models === null) void searchHub({})
  }, [])
  return (
    <>
      <SearchBar query={query} onToken={() => setSetting(true)} />
      {failure && <Unreachable message={failure.message} isOffline={failure.code === 'offline'} />}
      {models === null ? !failure && <Waiting /> : <Found models={models} leftOut={leftOut} />}
      {models && cursor !== null && (
        <div className="px-gut py-3">
          <Button disabled={isAsking} onClick={() => void moreOfHub()}>
            {isAsking ? 'Asking' : 'More'}
          </Button>
        </div>
      )}
      {setting && <TokenDialog onClose={() => setSetting(false)} />}
    </>
  )
}

function SearchBar({ query, onToken }: { query: HubQuery; onToken: () => void }) {
  const [text, setText] = useState(query.text)
  const size = String((query.mostParameters ?? 0) / 1e9)
  return (
    <form
      className="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1.5 border-b border-line px-gut py-1.5"
      onSubmit={event => {
        event.preventDefault()
        void searchHub({ text })
      }}
    >
      <Input
        type="search"
        aria-label="Search the hub"
        placeholder="Search the hub, then Enter"
        value={text}
        className="w-56"
        onChange={event => setText(event.target.value)}
      />
      <ChooseOne
        legend="Format"
        options={formats}
        value={query.format ?? 'any'}
        onChange={value => void searchHub({ text, format: value === 'any' ? null : value })}
      />
      <ChooseOne
        legend="Size"
        options={sizes}
        value={sizes.find(({ value }) => value === size)?.value ?? '0'}
        onChange={value => void searchHub({ text, mostParameters: value === '0' ? null : Number(value) * 1e9 })}
      />
      <ChooseOne legend="Order" options={sorts} value={query.sort} onChange={sort => void searchHub({ text, sort })} />
      <Switch checked={query.fits} onChange={fits => void searchHub({ text, fits })}>
        fits here
      </Switch>
      <span className="flex-1" />
      <Button tone="quiet" icon={KeyRound} onClick={onToken}>
        Token…
      </Button>
    </form>
  )
}

/** Out of reach is no error of the window: it says what works without. */
function Unreachable({ message, isOffline }: { message: string; isOffline: boolean }) {
  const [, navigate] = useLocation()
  return (
    <div className="grid max-w-[72ch] justify-items-start gap-2 px-gut py-8" role="status">
      <StateWord tone="warn">{isOffline ? 'The hub cannot be reached from here' : 'The hub did not answer as it should'}</StateWord>
      <p className="text-ink-2 wrap-anywhere">
        {sentence(message)} {isOffline && 'The library and files on this machine work, and a network that has a mirror can name it.'}
      </p>
      <p className="mt-1 flex flex-wrap gap-2">
        <Button icon={RefreshCw} onClick={() => void searchHub({})}>
          Ask again
        </Button>
        {isOffline && <Button onClick={() => navigate('/models')}>Open the library</Button>}
        {isOffline && <Button onClick={() => navigate('/settings')}>Name a mirror</Button>}
      </p>
    </div>
  )
}

function Found({ models, leftOut }: { models: readonly HubModel[]; leftOut: number }) {
  if (models.length > 0) return <Results models={models} />
  return (
    <p className="px-gut py-5 text-ink-2">
      {leftOut > 0 ? `${leftOut} were found, and none passes the filters of this machine.` : 'Nothing of that name is there.'}
    </p>
  )
}

function Results({ models }: { models: readonly HubModel[] }) {
  return (
    <Table label="Found on the hub">
      <thead>
        <tr>
          <HeadCell className="pl-gut!">Repository</HeadCell>
          <HeadCell number>Parameters</HeadCell>
          <HeadCell>Formats</HeadCell>
          <HeadCell>On this machine</HeadCell>
          <HeadCell>Licence</HeadCell>
          <HeadCell number>Downloads</HeadCell>
          <HeadCell number>Likes</HeadCell>
          <HeadCell className="pr-gut!">Updated</HeadCell>
        </tr>
      </thead>
      <tbody>
        {models.map(model => (
          <tr key={model.id} className="bg-surface hover:bg-hover">
            <RowHead className="h-9! pl-gut!">
              <Link href={`/models/hub/${model.id}`} className="quiet-link text-13 font-semibold">
                {model.id}
              </Link>{' '}
              {model.gated && <span className="text-ink-2">gated</span>}
            </RowHead>
            <Cell number>{parameterCount(model.parameters)}</Cell>
            <Cell>{model.formats.join(', ') || '–'}</Cell>
            <Cell>
              <FitWord fit={model.fit} />
            </Cell>
            <Cell>{model.licence ?? '–'}</Cell>
            <Cell number>{model.downloads?.toLocaleString('en-GB') ?? '–'}</Cell>
            <Cell number>{model.likes?.toLocaleString('en-GB') ?? '–'}</Cell>
            <Cell className="pr-gut! text-ink-2">{model.updatedAt?.slice(0, 10) ?? '–'}</Cell>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

function Waiting() {
  return (
    <div className="grid gap-3 px-gut py-5" aria-label="Asking the hub">
      {[420, 380, 440, 360].map(width => (
        <Skeleton key={width} width={width} />
      ))}
    </div>
  )
}
