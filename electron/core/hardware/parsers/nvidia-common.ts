/** Programs that hold a card's memory, by the last part of their path, the largest first. */
export function held(programs: readonly { name: string | null; memoryMiB: number | null }[]) {
  return programs
    .map(({ name, memoryMiB }) => ({ name: (name ?? '').split(/[\\/]/).at(-1)?.trim() || 'a program', memoryMiB }))
    .sort((one, other) => (other.memoryMiB ?? 0) - (one.memoryMiB ?? 0))
}

type Link = { generation: number | null; width: number | null; maxGeneration: number | null; maxWidth: number | null }

/** Null where nothing of the link is known. */
export function linkOf({ generation, width, maxGeneration, maxWidth }: Link): Link | null {
  const link = {
    ...{ generation: within(generation, mostGeneration), width: within(width, mostLanes) },
    ...{ maxGeneration: within(maxGeneration, mostGeneration), maxWidth: within(maxWidth, mostLanes) },
  }
  return Object.values(link).some(value => value !== null) ? link : null
}

/** PCI Express has links of up to 32 lanes; its specification is at generation 7. What says more was damaged on the way. */
const mostLanes = 32
const mostGeneration = 9
const within = (value: number | null, most: number) => (value !== null && Number.isInteger(value) && value <= most ? value : null)
