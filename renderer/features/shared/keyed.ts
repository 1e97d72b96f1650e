/** Events over things with an id: a snapshot of all, one changed, one removed. */
export type KeyedEvent<Item> = { type: 'snapshot'; items: Item[] } | { type: 'changed'; item: Item } | { type: 'removed'; id: string }

/** Applies one event to the list. Order is that of the snapshot; new ones go to the end. Null before the first snapshot. */
export function reduceKeyed<Item extends { id: string }>(list: readonly Item[] | null, event: KeyedEvent<Item>): Item[] {
  switch (event.type) {
    case 'snapshot':
      return event.items
    case 'changed': {
      const known = list ?? []
      const index = known.findIndex(each => each.id === event.item.id)
      return index === -1 ? [...known, event.item] : known.with(index, event.item)
    }
    case 'removed':
      return (list ?? []).filter(each => each.id !== event.id)
  }
}
