import type { Decision } from '../../contract/decision'
import type { Artifact, CatalogueModel, LibraryModel } from '../../contract/model'
import { commandFor } from './command'
import { freeMiB, marginMiB } from './devices'
import { kvBytes } from './kv-cache'
import { artifactSourceInReach } from './missing'
import type { Candidate } from './rank'
import type { RecommendInput } from './recommend.types'

type Draft = NonNullable<Decision['draft']>

/** Tokens proposed at once; llama.cpp's default for `--spec-draft-n-max` (tools/server/README.md). */
const proposed = 3

/** A draft has to be this much smaller, or proposing costs what checking saves. */
const leastRatio = 8

/**
 * Share of the ideal extra speed that is reached: published for Llama 3.1 70B in 4 bits, 44 tok/s with a draft against 32
 * without (one rig, April 2026), so 0.375 of the 1.09 that the formula below gives for a draft of 1B.
 */
const reached = 0.345

/** Chance that a proposed token is kept: code repeats itself more than talk does. Our own estimate, said so in the text. */
const acceptance = (task: RecommendInput['need']['task']) => (task === 'coding' || task === 'agents' ? 0.7 : 0.6)

/** Below this gain a second model in memory is not worth it. */
const leastGain = 1.15

/**
 * A draft model for a decision, where it pays: an engine that takes one and has to be told the method, few users (a full
 * batch leaves no idle compute), a dense model whose layers are all on the GPU (checking several tokens of a mixture reads
 * more experts), the same tokeniser, and room for weights and cache. Ideal gain = expected tokens of a round over its cost:
 * (1 - a^(n+1)) / (1 - a) / (1 + n c), a = acceptance, n = proposed, c = parameters of draft over model
 * (Leviathan, Kalman, Matias 2023, https://arxiv.org/abs/2211.17192).
 */
export function draftFor(input: RecommendInput, candidate: Candidate): Draft | null {
  const { choice, runtime } = candidate
  const known = input.catalogue.find(each => each.id === choice.option.model)
  if (!known?.tokeniser || !runtime.facts.traits.includes('draft-needs-flag')) return null
  const dense = known.activeParameters >= known.parameters * 0.9
  if (!dense || input.need.users > 2 || choice.placement.gpuLayers < choice.placement.layers) return null
  const small = input.catalogue
    .filter(each => each.tokeniser === known.tokeniser && each.parameters * leastRatio <= known.parameters)
    .sort((a, b) => a.parameters - b.parameters)[0]
  return small ? priced(input, candidate, { large: known, small }) : null
}

const isFileOf = (file: LibraryModel, { id }: CatalogueModel, artifact: Artifact) =>
  file.catalogueId === id && file.artifactId === artifact.id && file.state === 'ready'

function priced(
  input: RecommendInput,
  candidate: Candidate,
  { large, small }: { large: CatalogueModel; small: CatalogueModel },
): Draft | null {
  const { choice, runtime } = candidate
  const offered = small.artifacts.filter(each => each.format === choice.option.format)
  const fileOf = (artifact: Artifact) => input.library.find(each => isFileOf(each, small, artifact)) ?? null
  const artifact = offered.find(each => fileOf(each) !== null) ?? offered.find(each => artifactSourceInReach(each, input.reachable))
  if (!artifact) return null
  const file = fileOf(artifact)
  const weights = artifact.bytes ?? (small.parameters * artifact.bitsPerWeight) / 8
  const cache =
    kvBytes(small.shape, { contextTokens: choice.contextTokens, kvQuantisation: choice.placement.kvQuantisation }) * choice.slots
  const memoryMiB = (weights + cache) / 1024 / 1024
  const last = choice.placement.shares.at(-1)
  if (!last || last.freeMiB - memoryMiB < marginMiB(last.device) || freeMiB(last.device) <= 0) return null
  const kept = acceptance(input.need.task)
  const rounds = (1 - kept ** (proposed + 1)) / (1 - kept) / (1 + (proposed * small.parameters) / large.parameters)
  const gain = 1 + (rounds - 1) * reached
  if (gain < leastGain) return null
  const hub = artifact.sources.find(source => source.kind === 'hub')
  const draft = { id: hub?.kind === 'hub' ? hub.repo : small.id, artifact: artifact.id, path: file?.path ?? null, tokens: proposed }
  return {
    ...{ model: small.id, title: small.title, artifact: artifact.id, memoryMiB: Math.round(memoryMiB), gain: Math.round(gain * 100) / 100 },
    downloadBytes: file ? null : Math.round(weights),
    command: commandFor(input.machine, runtime, { choice, draft }),
    text: `${small.title} ${artifact.id} can draft for it: about ${Math.round((gain - 1) * 100)} % faster for one user, ${Math.round(memoryMiB)} MiB more memory. The method has to be named too, or the draft is loaded and not used.`,
    evidence: [
      {
        kind: 'formula',
        text: `${proposed} tokens proposed at once, ${kept * 100} % of them taken to be kept; the same tokeniser. Scaled to a published pair: 44 against 32 tok/s for a 70B model (one rig, April 2026).`,
        source: 'https://arxiv.org/abs/2211.17192',
      },
    ],
  }
}
