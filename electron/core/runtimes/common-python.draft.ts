import type { LaunchInput } from './runtime'

/** Folder of the draft model; null without one, and for a GGUF, which these servers do not load. */
export function draftFolder({ draft }: Pick<LaunchInput, 'draft'>): string | null {
  if (!draft || draft.path.endsWith('.gguf')) return null
  const path = draft.path.replace(/[/\\][^/\\]+\.safetensors$/, '')
  return path.startsWith('-') ? `./${path}` : path
}

/** What is said where a draft was given and cannot be used. */
export const draftNotes = (input: Pick<LaunchInput, 'draft'>): string[] =>
  input.draft && draftFolder(input) === null ? [`${input.draft.title} is a GGUF file, so it runs without a draft model.`] : []

type Asked = Pick<LaunchInput, 'build' | 'knownFlags'> & { flags: readonly string[]; onGpuOnly: boolean }

/** Why a build cannot draft with a small model, a sentence; null when it can. */
export function refusesPythonDraft({ build, knownFlags, flags, onGpuOnly }: Asked): string | null {
  if (build.image !== undefined) return `${build.title} runs in a container that sees the folder of its model alone.`
  if (onGpuOnly && build.backends.every(each => each === 'cpu')) return `${build.title} is not known to draft on a CPU.`
  const lacking = knownFlags ? flags.find(flag => !knownFlags.has(flag)) : undefined
  return lacking === undefined ? null : `${build.title} has no ${lacking}.`
}
