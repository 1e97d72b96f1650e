import type { ReactNode } from 'react'
import { Cell, HeadCell } from '../../ui/table'

/** Head of the column of actions, which stays in sight when a table is wider than the window. */
export const ActionsHead = () => (
  <HeadCell number className="sticky right-0 pr-gut!">
    <span className="sr-only">Actions</span>
  </HeadCell>
)

export const ActionsCell = ({ children }: { children: ReactNode }) => (
  <Cell number className="sticky right-0 bg-inherit pr-gut!">
    {children}
  </Cell>
)
