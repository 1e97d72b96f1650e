import { Command } from 'cmdk'
import Search from 'lucide-react/icons/search'
import { useMemo } from 'react'
import { Dialog } from '../../ui/dialog'
import { Icon } from '../../ui/icon'
import { Kbd } from '../../ui/kbd'
import { useCommandStore, type Command as Offered } from '../shared/commands'
import { rankOf } from './palette-rank'

interface Props {
  open: boolean
  onOpenChange: (open: boolean) => void
}

/** Everything the app can do now, by a few letters of its name. */
export function Palette({ open, onOpenChange }: Props) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Search or run a command" about={null} bare>
      <CommandList onDone={() => onOpenChange(false)} />
    </Dialog>
  )
}

function CommandList({ onDone }: { onDone: () => void }) {
  const bySource = useCommandStore(store => store.bySource)
  const groups = useMemo(() => grouped(Object.values(bySource).flat()), [bySource])
  return (
    <Command
      label="Search or run a command"
      loop
      filter={(_id, typed, keywords) => rankOf(typed, keywords ?? [])}
      className="flex max-h-[60vh] flex-col"
    >
      <div className="flex items-center gap-2 border-b border-line px-3 text-ink-3">
        <Icon of={Search} />
        <Command.Input autoFocus placeholder="Type what you want" className="h-11 flex-1 bg-transparent text-14 text-ink outline-none" />
        <Kbd>Esc</Kbd>
      </div>
      <Command.List className="min-h-0 flex-1 overflow-auto p-1">
        <Command.Empty className="px-3 py-4 text-ink-2">Nothing here has that name.</Command.Empty>
        {groups.map(([group, commands]) => (
          <Command.Group
            key={group}
            heading={group}
            className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-11 [&_[cmdk-group-heading]]:text-ink-3"
          >
            {commands.map(command => (
              <Row key={command.id} command={command} onDone={onDone} />
            ))}
          </Command.Group>
        ))}
      </Command.List>
    </Command>
  )
}

function Row({ command, onDone }: { command: Offered; onDone: () => void }) {
  return (
    <Command.Item
      value={command.id}
      keywords={[command.title, command.group, ...(command.keywords ?? [])]}
      onSelect={() => {
        onDone()
        command.run()
      }}
      className="flex h-8 cursor-pointer items-center gap-2 rounded-1 px-2 data-[selected=true]:bg-select"
    >
      <span className="grid w-4 place-items-center text-ink-2">{command.icon && <Icon of={command.icon} />}</span>
      <span className="min-w-0 flex-1 truncate">{command.title}</span>
      {command.keys && <Kbd>{command.keys}</Kbd>}
    </Command.Item>
  )
}

/** Commands by heading, headings in order of their first command. */
export function grouped(commands: readonly Offered[]): [string, Offered[]][] {
  const groups = new Map<string, Offered[]>()
  for (const command of commands) groups.set(command.group, [...(groups.get(command.group) ?? []), command])
  return [...groups]
}
