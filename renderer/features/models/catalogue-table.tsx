import ChevronRight from 'lucide-react/icons/chevron-right'
import { memo, useState } from 'react'
import type { CatalogueModel } from '../../../electron/contract/model'
import { classes } from '../../ui/classes'
import { bytes, contextLength } from '../../ui/format'
import { Icon } from '../../ui/icon'
import { Cell, HeadCell, RowHead, Table } from '../../ui/table'
import { parameterCount } from '../shared/model-words'
import { sourceWord, type ArtifactRow, type ModelRow } from './catalogue-rows'
import { DownloadCell } from './download-cell'
import { FitWord } from './fit-word'
import { ActionsCell, ActionsHead } from './actions-cell'

/**
 * The catalogue: one row for each model with its best file for this machine, the other files one click away. In a narrow window
 * where a file comes from is told by its button.
 */
export function CatalogueTable({ rows }: { rows: readonly ModelRow[] }) {
  return (
    <Table label="Catalogue">
      <thead>
        <tr>
          <HeadCell className="pl-gut!">Model</HeadCell>
          <HeadCell number>Parameters</HeadCell>
          <HeadCell number>Context</HeadCell>
          <HeadCell>Quantisation</HeadCell>
          <HeadCell number>Size</HeadCell>
          <HeadCell>On this machine</HeadCell>
          <HeadCell className="max-wide:hidden">From</HeadCell>
          <ActionsHead />
        </tr>
      </thead>
      {rows.map(row => (
        <Group key={row.model.id} row={row} />
      ))}
    </Table>
  )
}

const Group = memo(function Group({ row: { model, best, others } }: { row: ModelRow }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <tbody>
      <tr className="bg-surface hover:bg-hover">
        <RowHead className="h-9! truncate pl-gut! max-wide:max-w-72">
          <ModelName model={model} />
        </RowHead>
        <Cell number title={activeWords(model)}>
          {parameterCount(model.parameters)}
        </Cell>
        <Cell number>{contextLength(model.shape.contextMax)}</Cell>
        <Cell>
          {others.length === 0 ? (
            best.artifact
          ) : (
            <button
              type="button"
              aria-expanded={isOpen}
              title={`${others.length} more`}
              aria-label={`${best.artifact}, ${others.length} other files of ${model.title}`}
              className="inline-flex items-center gap-1"
              onClick={() => setOpen(!isOpen)}
            >
              {best.artifact} <span className="text-ink-3">+{others.length}</span>
              <Icon of={ChevronRight} small className={isOpen ? 'rotate-90' : ''} />
            </button>
          )}
        </Cell>
        <FileCells row={best} name={`${model.title} ${best.artifact}`} />
      </tr>
      {isOpen &&
        others.map(other => (
          <tr key={other.id} className="bg-surface hover:bg-hover">
            <RowHead className="pl-gut!">
              <span className="sr-only">{model.title}</span>
            </RowHead>
            <Cell />
            <Cell />
            <Cell>{other.artifact}</Cell>
            <FileCells row={other} name={`${model.title} ${other.artifact}`} />
          </tr>
        ))}
    </tbody>
  )
})

function FileCells({ row, name }: { row: ArtifactRow; name: string }) {
  const source = sourceWord(row)
  return (
    <>
      <Cell number>{row.bytes === null ? `about ${bytes(row.reckonedBytes)}` : bytes(row.bytes)}</Cell>
      <Cell>
        <FitWord fit={row.fit} />
      </Cell>
      <Cell className={classes('max-w-52 truncate max-wide:hidden', row.source === null && 'text-ink-3')} title={row.why ?? source}>
        {source}
      </Cell>
      <ActionsCell>
        <DownloadCell row={row} name={name} />
      </ActionsCell>
    </>
  )
}

function ModelName({ model }: { model: CatalogueModel }) {
  const about = [...model.abilities, model.licence].join(', ')
  return (
    <span title={[model.id, model.note, `quality ${model.quality}: ${model.qualitySource}`].filter(Boolean).join('\n')}>
      <span className="text-13 font-semibold">{model.title}</span> <span className="text-ink-2">{about}</span>
    </span>
  )
}

function activeWords(model: CatalogueModel): string | undefined {
  return model.activeParameters < model.parameters ? `${parameterCount(model.activeParameters)} of them for each token` : undefined
}
