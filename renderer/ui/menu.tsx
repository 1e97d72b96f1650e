import { DropdownMenu } from 'radix-ui'
import Check from 'lucide-react/icons/check'
import type { ReactNode } from 'react'
import { Icon } from './icon'
import { portalHost } from './portal-host'

const content = 'z-30 max-h-[60vh] min-w-44 max-w-96 overflow-auto rounded-2 border border-edge bg-raised p-1 text-13'
const row =
  'flex min-h-7 cursor-pointer items-center gap-2 rounded-1 px-2 py-1 outline-none data-disabled:cursor-default data-disabled:text-ink-3 data-highlighted:bg-select'

/** A button that opens a list of actions. `trigger` is one button. */
export function Menu({ trigger, children, align = 'end' }: { trigger: ReactNode; children: ReactNode; align?: 'start' | 'end' }) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal container={portalHost()}>
        <DropdownMenu.Content align={align} sideOffset={4} collisionPadding={8} className={content}>
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

interface ItemProps {
  onSelect: () => void
  children: ReactNode
  /** A second line: what it means. */
  about?: string
  disabled?: boolean
}

/** One action of a menu. */
export function MenuItem({ onSelect, children, about, disabled = false }: ItemProps) {
  return (
    <DropdownMenu.Item className={row} onSelect={onSelect} disabled={disabled}>
      <span className="min-w-0 flex-1">
        {children}
        {about && <span className="block text-12 text-ink-2">{about}</span>}
      </span>
    </DropdownMenu.Item>
  )
}

interface CheckItemProps extends Omit<ItemProps, 'onSelect'> {
  checked: boolean
  onChange: (checked: boolean) => void
}

/** One thing of a menu that is on or off; the menu stays open for the next. */
export function MenuCheckItem({ checked, onChange, children, about, disabled = false }: CheckItemProps) {
  return (
    <DropdownMenu.CheckboxItem
      className={row}
      checked={checked}
      disabled={disabled}
      onCheckedChange={onChange}
      onSelect={event => event.preventDefault()}
    >
      <span className="grid w-4 shrink-0 place-items-center">{checked && <Icon of={Check} />}</span>
      <span className="min-w-0 flex-1">
        {children}
        {about && <span className="block text-12 text-ink-2">{about}</span>}
      </span>
    </DropdownMenu.CheckboxItem>
  )
}

/** A caption over some actions. */
export function MenuLabel({ children }: { children: ReactNode }) {
  return <DropdownMenu.Label className="px-2 pt-1.5 pb-0.5 text-11 text-ink-3">{children}</DropdownMenu.Label>
}

/** A hairline between groups of actions. */
export function MenuLine() {
  return <DropdownMenu.Separator className="mx-1 my-1 h-px bg-line" />
}
