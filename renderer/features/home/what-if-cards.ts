import type { Shopping } from '../../../electron/contract/what-if'

type Card = Shopping['cards'][number]

const makers: Record<string, string> = { nvidia: 'NVIDIA', amd: 'AMD', intel: 'Intel' }

/** Soldered into laptops: nobody can buy one alone. */
const isMobile = ({ name }: Card) => /\b(Mobile|\d{4}M|Max-Q Mobile)\b/.test(name)

/** Cards by maker, the largest memory first, then the faster one; those of laptops come last. */
export function cardGroups(cards: readonly Card[]): { name: string; cards: Card[] }[] {
  const groupOf = (card: Card) => (isMobile(card) ? 'In laptops only' : (makers[card.vendor] ?? 'Others'))
  const order = [...Object.values(makers), 'Others', 'In laptops only']
  const sorted = [...cards].sort(
    (a, b) => b.vramGiB - a.vramGiB || (b.bandwidthGBps ?? 0) - (a.bandwidthGBps ?? 0) || a.name.localeCompare(b.name),
  )
  const groups = Map.groupBy(sorted, groupOf)
  return order.flatMap(name => {
    const found = groups.get(name)
    return found ? [{ name, cards: found }] : []
  })
}
