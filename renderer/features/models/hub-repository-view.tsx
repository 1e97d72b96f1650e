import ArrowDownToLine from 'lucide-react/icons/arrow-down-to-line'
import ArrowLeft from 'lucide-react/icons/arrow-left'
import { useCallback, useEffect, useState } from 'react'
import { Link } from 'wouter'
import type { FailureReport } from '../../../electron/contract/failure'
import type { HubArtifact, HubRepository } from '../../../electron/contract/hub'
import { client } from '../../client/client'
import { reportOfError } from '../../client/failure'
import { Button } from '../../ui/button'
import { Disclosure } from '../../ui/disclosure'
import { bytes } from '../../ui/format'
import { Icon } from '../../ui/icon'
import { Skeleton } from '../../ui/skeleton'
import { StateWord } from '../../ui/state-word'
import { Cell, HeadCell, RowHead, Table } from '../../ui/table'
import { useModels } from '../shared/models.store'
import { parameterCount } from '../shared/model-words'
import { act } from '../shared/notice.store'
import { useTitle } from '../shared/title.store'
import { FetchProjector } from './fetch-projector'
import { FitWord } from './fit-word'
import { StartMenu } from './start-menu'
import { TokenDialog } from './token-dialog'
import { ActionsCell, ActionsHead } from './actions-cell'

/** One repository at its commit: what can be downloaded, whether it fits, and what is left to do before. */
export function HubRepositoryView({ id }: { id: string }) {
  const [repository, setRepository] = useState<HubRepository | null>(null)
  const [failure, setFailure] = useState<FailureReport | null>(null)
  const [setting, setSetting] = useState(false)
  useTitle(id, repository ? `commit ${repository.commit.slice(0, 8)}` : null)
  const load = useCallback(() => {
    setFailure(null)
    client.models.hub.repository({ id, revision: null }).then(setRepository, (error: unknown) => setFailure(reportOfError(error)))
  }, [id])
  useEffect(load, [load])
  return (
    <div className="pb-6">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1 px-gut py-3">
        <Link href="/models/hub" className="quiet-link inline-flex items-center gap-1 text-ink-2">
          <Icon of={ArrowLeft} /> Hub
        </Link>
        <h2>{id}</h2>
        {repository && (
          <span className="text-ink-2">
            {[`${parameterCount(repository.parameters)} weights`, repository.licence, `commit ${repository.commit.slice(0, 8)}`]
              .filter(Boolean)
              .join(', ')}
          </span>
        )}
      </div>
      {failure && (
        <div className="flex flex-wrap items-center gap-3 border-y border-line bg-sunken px-gut py-2" role="status">
          <StateWord tone="warn">{failure.code === 'offline' ? 'The hub cannot be reached from here' : 'It cannot be shown'}</StateWord>
          <span className="text-ink-2 wrap-anywhere">{failure.message}</span>
          {failure.code === 'gated' && <Button onClick={() => setSetting(true)}>Token…</Button>}
          <Button onClick={load}>Ask again</Button>
        </div>
      )}
      {!repository && !failure && (
        <div className="grid gap-3 px-gut py-3" aria-label="Asking the hub">
          {[420, 360, 400].map(width => (
            <Skeleton key={width} width={width} />
          ))}
        </div>
      )}
      {repository && <Access repository={repository} onToken={() => setSetting(true)} />}
      {repository && <Artifacts repository={repository} />}
      {repository && <Rest repository={repository} />}
      {setting && (
        <TokenDialog
          onClose={() => {
            setSetting(false)
            load()
          }}
        />
      )}
    </div>
  )
}

/** The step that is left before a gated repository gives its files. */
function Access({ repository: { access, page, licenceLink }, onToken }: { repository: HubRepository; onToken: () => void }) {
  if (access === 'open' || access === 'granted') return null
  const words = {
    'needs-token': 'It is gated: accept its terms on its page, then give a token of your account.',
    'needs-consent': 'Your token is known, and its owner has not accepted the terms yet: do so on its page.',
    unknown: 'It is gated, and the hub did not say whether your token may read it.',
  }[access]
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 border-y border-line bg-sunken px-gut py-2" role="status">
      <StateWord tone="warn">{words}</StateWord>
      <a href={page} target="_blank" rel="noreferrer" className="underline">
        {page}
      </a>
      {licenceLink !== null && /^https:/.test(licenceLink) && (
        <a href={licenceLink} target="_blank" rel="noreferrer" className="underline">
          Licence
        </a>
      )}
      <Button size="low" onClick={onToken}>
        Token…
      </Button>
    </div>
  )
}

function Artifacts({ repository }: { repository: HubRepository }) {
  const { id, artifacts, access } = repository
  if (artifacts.length === 0)
    return <p className="px-gut py-4 text-ink-2">It holds nothing that a runtime here could be given; the reasons are below.</p>
  return (
    <Table label="What can be downloaded">
      <thead>
        <tr>
          <HeadCell className="pl-gut!">Quantisation</HeadCell>
          <HeadCell>Format</HeadCell>
          <HeadCell number>Files</HeadCell>
          <HeadCell number>Size</HeadCell>
          <HeadCell>On this machine</HeadCell>
          <HeadCell>Loaded by</HeadCell>
          <ActionsHead />
        </tr>
      </thead>
      <tbody>
        {artifacts.map(artifact => (
          <tr key={artifact.id} className="bg-surface hover:bg-hover">
            <RowHead className="h-9! pl-gut!">
              <span className="text-13 font-semibold">{artifact.id}</span>
            </RowHead>
            <Cell>{artifact.format}</Cell>
            <Cell number>{artifact.files.length}</Cell>
            <Cell number>
              {bytes(artifact.bytes)}
              {artifact.projector && <span className="block text-12 text-ink-2">+ {bytes(artifact.projector.bytes)} for images</span>}
            </Cell>
            <Cell>
              <FitWord fit={artifact.fit} />
            </Cell>
            <Cell className="max-w-60 truncate text-ink-2" title={artifact.why ?? artifact.loadedBy.join(', ')}>
              {artifact.why ?? artifact.loadedBy.join(', ')}
            </Cell>
            <ActionsCell>
              <Action repository={id} artifact={artifact} blocked={access === 'needs-token' || access === 'needs-consent'} />
            </ActionsCell>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

function Action({ repository, artifact, blocked }: { repository: string; artifact: HubArtifact; blocked: boolean }) {
  const id = `${repository}:${artifact.id}`
  const here = useModels(store => store.models?.library.find(each => each.id === id && each.state === 'ready')?.id) ?? artifact.libraryId
  const transfer = useModels(store => store.models?.transfers?.find(each => each.id === id))
  const blind = useModels(store => store.models?.library.some(each => each.id === here && each.projector?.path === null) ?? false)
  if (here !== null)
    return (
      <span className="inline-flex items-center gap-1">
        {blind && <FetchProjector model={here} name={id} />}
        <StartMenu model={here} name={id} />
      </span>
    )
  if (transfer)
    return (
      <Link href="/models/downloads" className="quiet-link text-ink-2">
        {transfer.state === 'running' ? 'Coming' : transfer.state === 'paused' ? 'Paused' : 'Failed'}
      </Link>
    )
  return (
    <Button
      size="low"
      icon={ArrowDownToLine}
      disabled={blocked}
      aria-label={`Download ${id}`}
      onClick={() =>
        void act(`${id} could not be downloaded`, () =>
          client.models.hub.download({ id: repository, artifact: artifact.id, revision: null }),
        )
      }
    >
      Download
    </Button>
  )
}

function Rest({ repository: { projectors, refused } }: { repository: HubRepository }) {
  if (projectors.length === 0 && refused.length === 0) return null
  return (
    <div className="grid gap-2 px-gut pt-4">
      {projectors.length > 0 && (
        <p className="text-ink-2">
          Projectors for images; the one that suits comes with a model:{' '}
          {projectors.map(({ path, bytes: size }) => `${path} (${bytes(size)})`).join(', ')}
        </p>
      )}
      {refused.length > 0 && (
        <Disclosure summary={`${refused.length} ${refused.length === 1 ? 'file is' : 'files are'} not offered`}>
          <ul className="pl-5 text-ink-2">
            {refused.map(({ file, why }) => (
              <li key={file}>
                <code>{file}</code>: {why}
              </li>
            ))}
          </ul>
        </Disclosure>
      )}
    </div>
  )
}
