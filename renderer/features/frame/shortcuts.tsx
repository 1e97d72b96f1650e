import { Dialog } from '../../ui/dialog'
import { commandKey, Kbd } from '../../ui/kbd'
import type { Place } from '../shared/place'

interface Props {
  places: readonly Place[]
  open: boolean
  onOpenChange: (open: boolean) => void
}

type Line = readonly [keys: string, what: string]

/** Every key of the window on one page; `?` opens it. */
export function Shortcuts({ places, open, onOpenChange }: Props) {
  const digits = places.filter(place => !place.foot && !place.hidden).map((place, index): Line => [String(index + 1), place.title])
  const groups: readonly [string, readonly Line[]][] = [
    [
      'Everywhere',
      [
        [`${commandKey} K`, 'Search or run a command'],
        ['?', 'These keys'],
        ['Esc', 'Close what is open'],
        ['Tab', 'On to the next control; Enter or Space uses it'],
      ],
    ],
    ['Places', digits],
    [
      'Compare',
      [
        ['/', 'Write a prompt'],
        [`${commandKey} ↵`, 'Send it'],
        ['Esc', 'Stop the answers'],
      ],
    ],
  ]
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keyboard shortcuts" about="Single keys work while no field is being written in.">
      <div className="grid gap-4">
        {groups.map(([group, lines]) => (
          <section key={group} aria-label={group} className="grid gap-1">
            <h3>{group}</h3>
            <dl className="grid grid-cols-[96px_minmax(0,1fr)] gap-y-1">
              {lines.map(([keys, what]) => (
                <div key={what} className="contents">
                  <dt>
                    <Kbd>{keys}</Kbd>
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}
