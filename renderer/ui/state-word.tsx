import CircleAlert from 'lucide-react/icons/circle-alert'
import CircleCheck from 'lucide-react/icons/circle-check'
import Clock from 'lucide-react/icons/clock'
import Info from 'lucide-react/icons/info'
import LoaderCircle from 'lucide-react/icons/loader-circle'
import TriangleAlert from 'lucide-react/icons/triangle-alert'
import type { ReactNode } from 'react'
import { classes } from './classes'
import { Icon, type IconDrawing } from './icon'

export type Tone = 'ok' | 'warn' | 'bad' | 'busy' | 'later' | 'info'

const looks: Record<Tone, { icon: IconDrawing; colour: string; iconColour?: string }> = {
  ok: { icon: CircleCheck, colour: 'text-ok' },
  warn: { icon: TriangleAlert, colour: 'text-warn' },
  bad: { icon: CircleAlert, colour: 'text-bad' },
  busy: { icon: LoaderCircle, colour: 'text-ink-2', iconColour: 'text-accent-edge' },
  later: { icon: Clock, colour: 'text-ink-2' },
  info: { icon: Info, colour: 'text-ink-2' },
}

/** A state: always an icon with a word, never a colour alone. */
export function StateWord({ tone, children, icon }: { tone: Tone; children: ReactNode; icon?: IconDrawing }) {
  const look = looks[tone]
  return (
    <span className={classes('inline-flex items-center gap-1 align-top whitespace-nowrap', look.colour)}>
      <Icon of={icon ?? look.icon} className={look.iconColour} />
      {children}
    </span>
  )
}
