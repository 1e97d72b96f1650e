import type { ReactNode } from 'react'

interface Props {
  checked: boolean
  onChange: (checked: boolean) => void
  children: ReactNode
  disabled?: boolean
}

/** On or off, at once: a native checkbox drawn as a switch, with its words beside it. */
export function Switch({ checked, onChange, children, disabled = false }: Props) {
  return (
    <label className="switch inline-flex cursor-pointer items-center gap-1.5">
      <input type="checkbox" role="switch" checked={checked} disabled={disabled} onChange={event => onChange(event.target.checked)} />
      <span>{children}</span>
    </label>
  )
}
