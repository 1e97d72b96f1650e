/** Programs that hold a card's memory, by the last part of their path, the largest first. */
export function held(programs: readonly { name: string | null; memoryMiB: number | null }[]) {
  return programs
    .map(({ name, memoryMiB }) => ({ name: (name ?? '').split(/[\\/]/).at(-1)?.trim() || 'a program', memoryMiB }))
    .sort((one, other) => (other.memoryMiB ?? 0) - (one.memoryMiB ?? 0))
}

type Link = { generation: number | null; width: number | null; maxGeneration: number | null; maxWidth: number | null }

/** Null where nothing of the link is known. */
export const linkOf = (link: Link): Link | null => (Object.values(link).some(value => value !== null) ? link : null)
