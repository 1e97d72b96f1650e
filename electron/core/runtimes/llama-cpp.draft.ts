import type { LaunchInput } from './runtime'

/** From about this build on `--spec-type` names the method; before, other flags did, and they end a current build. */
const methodBuild = 11_000

/** `b11669` and `2026.10.11549` -> the build number of llama.cpp; 0 for what is not one of these. */
export const buildNumber = (version: string | null): number => Number(/^(?:b|\d{4}\.\d+\.)(\d+)$/.exec(version ?? '')?.[1] ?? 0)

const wanted = ['--spec-type', '--spec-draft-n-max'] as const

/** Why a build cannot draft with a small model, a sentence; null when it can. */
export function refusesDraft({ build, knownFlags }: Pick<LaunchInput, 'build' | 'knownFlags'>): string | null {
  if (build.kind === 'built-in') return null
  if (knownFlags) {
    const lacking = wanted.find(flag => !knownFlags.has(flag))
    return lacking === undefined ? null : `${build.title} has no ${lacking}.`
  }
  return buildNumber(build.version) >= methodBuild ? null : `${build.title} is not known to draft with a small model.`
}

/**
 * Flags for a draft model: a draft that is only named is loaded and not used, since `--spec-type` is `none` by default. It
 * follows the model where that is kept off the GPU.
 * Source: https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md
 */
export function draftArguments({ draft, gpuLayers, knownFlags }: Pick<LaunchInput, 'draft' | 'gpuLayers' | 'knownFlags'>): string[] {
  if (!draft) return []
  return [
    ...['-md', draft.path.startsWith('-') ? `./${draft.path}` : draft.path],
    ...['--spec-type', 'draft-simple', '--spec-draft-n-max', String(draft.tokens)],
    ...(gpuLayers === 0 && knownFlags?.has('--spec-draft-ngl') ? ['--spec-draft-ngl', '0'] : []),
  ]
}
