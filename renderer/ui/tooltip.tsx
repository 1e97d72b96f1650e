import { Tooltip as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { portalHost } from './portal-host'

interface Props {
  /** What is said; plain text or a few lines. */
  text: ReactNode
  /** One focusable element. */
  children: ReactNode
}

/** Wraps the app once: how long a hover waits. */
export function TooltipProvider({ children }: { children: ReactNode }) {
  return (
    <Radix.Provider delayDuration={250} skipDelayDuration={150}>
      {children}
    </Radix.Provider>
  )
}

/** Says more on hover or focus of something that can be focused. */
export function Tooltip({ text, children }: Props) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal container={portalHost()}>
        <Radix.Content
          side="bottom"
          sideOffset={6}
          collisionPadding={12}
          className="z-30 max-w-80 rounded-2 border border-edge bg-raised p-3 text-12 font-normal text-ink"
        >
          {text}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
