import type { Job } from '../../../electron/contract/job'
import type { CatalogueModel, Fit, OfferedModel } from '../../../electron/contract/model'

/** One file of a catalogue model as a row shows it. */
export interface ArtifactRow {
  /** `org/name:artifact`, which is what is downloaded and started. */
  id: string
  artifact: string
  bytes: number | null
  /** The known size, else reckoned from the bits per weight; for ordering only. */
  reckonedBytes: number
  /** Of a kind that can be downloaded here: a GGUF of at most eight bits a weight. */
  usual: boolean
  fit: Fit
  libraryId: string | null
  source: OfferedModel['artifacts'][number]['source']
  why: string | null
  /** Outside sources that have it, answering or not. */
  outside: ('hub' | 'pypi')[]
  /** The job that fetches it, or the last one that tried to. */
  job: Job | null
}

export interface ModelRow {
  model: CatalogueModel
  /** The one to offer first. */
  best: ArtifactRow
  others: ArtifactRow[]
}

export const shownChoices = ['all', 'fits', 'here'] as const
export type Shown = (typeof shownChoices)[number]

/** Rows of the catalogue that match, each with its best file first. Models without a file that could be offered are left out. */
export function modelRows(offered: readonly OfferedModel[], jobs: readonly Job[]): ModelRow[] {
  // An engine test is no model to choose; it stands in the library for what it is.
  return offered
    .filter(({ model }) => !model.engineTest)
    .flatMap(({ model, artifacts }) => {
      const rows = artifacts.map((each): ArtifactRow => {
        const known = model.artifacts.find(artifact => artifact.id === each.id)
        const bytes = known?.bytes ?? null
        const reckonedBytes = bytes ?? (model.parameters * (known?.bitsPerWeight ?? 16)) / 8
        const usual = known?.format === 'gguf' && known.bitsPerWeight <= mostUsualBits
        const { fit, libraryId, source, why } = each
        return {
          id: `${model.id}:${each.id}`,
          artifact: each.id,
          bytes,
          reckonedBytes,
          usual,
          fit,
          libraryId,
          source,
          why,
          outside: outsideOf(known?.sources ?? []),
          job: jobFor(model, each.id, jobs),
        }
      })
      const best = bestOf(rows)
      return best ? [{ model, best, others: rows.filter(row => row !== best) }] : []
    })
}

/** A download carries the model's title and the artifact as its own title. */
function jobFor(model: CatalogueModel, artifact: string, jobs: readonly Job[]): Job | null {
  const title = `${model.title} ${artifact}`
  return jobs.findLast(job => job.kind === 'download' && job.title === title && job.state !== 'done') ?? null
}

/** Q8_0 takes 8.5 bits a weight; more is never noticed and costs twice the memory. */
const mostUsualBits = 9

/** What is here or on its way; else the largest usual one that fits, one that can be had before one that cannot; else the smallest. */
function bestOf(rows: readonly ArtifactRow[]): ArtifactRow | undefined {
  const usual = rows.filter(row => row.usual)
  const bySize = [...(usual.length > 0 ? usual : rows)].sort((a, b) => a.reckonedBytes - b.reckonedBytes)
  return (
    rows.find(row => row.libraryId !== null) ??
    rows.find(row => row.job?.state === 'running') ??
    bySize.findLast(row => row.fit.verdict === 'fits' && row.source !== null) ??
    bySize.findLast(row => row.fit.verdict === 'fits') ??
    bySize.find(row => row.fit.verdict === 'partly') ??
    bySize[0]
  )
}

/** The rows that a search and a choice leave. */
export function filteredRows(rows: readonly ModelRow[], shown: Shown, search: string): ModelRow[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  return rows.filter(({ model, best, others }) => {
    const all = [best, ...others]
    if (shown === 'here' && all.every(row => row.libraryId === null)) return false
    if (shown === 'fits' && all.every(row => row.fit.verdict !== 'fits')) return false
    const text = [model.id, model.title, model.family, model.licence, ...model.tasks, ...model.abilities].join(' ').toLowerCase()
    return words.every(word => text.includes(word))
  })
}

const sourceWords: Record<NonNullable<ArtifactRow['source']>, string> = { here: 'here', hub: 'the hub', pypi: 'PyPI' }

function outsideOf(sources: readonly { kind: 'hub' | 'pypi' | 'bundled' }[]): ArtifactRow['outside'] {
  return [...new Set(sources.map(({ kind }) => kind))].filter(kind => kind !== 'bundled')
}

/** Where a file can be had now, in a word; where it would be, and that nobody answers there, when it cannot. */
export function sourceWord({ source, outside }: Pick<ArtifactRow, 'source' | 'outside'>): string {
  if (source !== null) return sourceWords[source]
  return outside.length === 0 ? 'nowhere known' : `${outside.map(each => sourceWords[each]).join(' or ')}, no answer`
}
