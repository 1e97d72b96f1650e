import { Dialog as Radix } from 'radix-ui'
import X from 'lucide-react/icons/x'
import { useState, type ReactNode } from 'react'
import { classes } from './classes'
import { IconButton } from './icon-button'

interface Props {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: string
  /** One sentence under the title; null when the title says it all. */
  about: string | null
  children: ReactNode
  /** Buttons at the foot, right-aligned, the main one last. */
  foot?: ReactNode
  wide?: boolean
  /** The title is only for a screen reader, and there is no padding: the content is its own frame. */
  bare?: boolean
}

/**
 * A dialog over the page: focus stays inside, Esc and a click beside it close it, and the focus goes back to where it was. The backdrop
 * is ours and not Radix's, which would write a style element that a strict content security policy refuses.
 */
export function Dialog({ open, onOpenChange, ...panel }: Props) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      {open && <Panel {...panel} />}
    </Radix.Root>
  )
}

function Panel({ title, about, children, foot, wide = false, bare = false }: Omit<Props, 'open' | 'onOpenChange'>) {
  // Asked while it is drawn for the first time, before a field inside takes the focus.
  const [opener] = useState(openerNow)
  return (
    <Radix.Portal>
      <div className="backdrop fixed inset-0 z-20" />
      <Radix.Content
        {...(about === null ? { 'aria-describedby': undefined } : {})}
        // Radix gives the focus back to a trigger of its own only, and these dialogs have none.
        onCloseAutoFocus={event => {
          event.preventDefault()
          giveFocusBack(opener)
        }}
        className={classes(
          'fixed top-[12vh] left-1/2 z-20 flex max-h-[76vh] w-[calc(100vw-32px)] -translate-x-1/2 flex-col rounded-2 border border-edge bg-surface focus-visible:outline-none',
          wide ? 'max-w-[720px]' : 'max-w-[520px]',
        )}
      >
        <div className={bare ? 'sr-only' : 'flex items-start gap-3 p-5 pb-3'}>
          <div className="min-w-0 flex-1">
            <Radix.Title className="text-16 font-semibold">{title}</Radix.Title>
            {about !== null && <Radix.Description className="mt-1 text-ink-2">{about}</Radix.Description>}
          </div>
          {!bare && (
            <Radix.Close asChild>
              <IconButton icon={X} label="Close" />
            </Radix.Close>
          )}
        </div>
        <div className={classes('min-h-0 flex-1 overflow-auto', !bare && 'px-5 pb-4')}>{children}</div>
        {foot && <div className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3">{foot}</div>}
      </Radix.Content>
    </Radix.Portal>
  )
}

/** What has the focus; where that is an entry of a menu, which is about to close, the button of the menu. */
function openerNow(): Element | null {
  const menu = document.activeElement?.closest('[role="menu"]')?.getAttribute('aria-labelledby')
  return menu == null ? document.activeElement : document.getElementById(menu)
}

/** To who opened it; to the page where that is gone, as a menu or a removed row is. Whatever took the focus meanwhile keeps it. */
function giveFocusBack(opener: Element | null): void {
  if (document.activeElement !== null && document.activeElement !== document.body) return
  const stays = opener instanceof HTMLElement && opener.isConnected && opener !== document.body
  ;(stays ? opener : document.getElementById('main'))?.focus()
}
