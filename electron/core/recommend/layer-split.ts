import { freeMiB, type Device } from './devices'

/** What adding up shares rounds away. */
const tiny = 1e-9

/**
 * As llama.cpp does when nothing is said: layer i of n goes to the first card up to which (i / (n + 1)) of the free memory
 * lies, the output counting as one layer more (src/llama-model.cpp, get_layer_buft_list). Null where that overfills a card.
 */
export function byFreeMemory(layers: number, room: readonly { device: Device; layers: number }[]): number[] | null {
  const sum = room.reduce((total, { device }) => total + freeMiB(device), 0)
  let upTo = 0
  let before = 0
  const counts = room.map(({ device }, index) => {
    upTo += freeMiB(device) / sum
    const end = index === room.length - 1 ? layers : Math.min(layers, Math.ceil(upTo * (layers + 1) - tiny))
    const count = Math.max(0, end - before)
    before = Math.max(before, end)
    return count
  })
  return counts.every((count, index) => count <= (room[index]?.layers ?? 0)) ? counts : null
}

/** Shares `count` layers out in proportion to room, largest remainder first. */
export function spread(count: number, room: readonly { layers: number }[]): number[] {
  const possible = room.reduce((sum, each) => sum + each.layers, 0)
  if (possible === 0) return room.map((_, index) => (index === 0 ? count : 0))
  const exact = room.map(each => (count * each.layers) / possible)
  const counts = exact.map(Math.floor)
  const order = exact.map((value, index) => ({ index, rest: value - Math.floor(value) })).sort((a, b) => b.rest - a.rest)
  let left = count - counts.reduce((sum, each) => sum + each, 0)
  for (const { index } of order) {
    if (left === 0) break
    counts[index] = (counts[index] ?? 0) + 1
    left--
  }
  return counts
}
