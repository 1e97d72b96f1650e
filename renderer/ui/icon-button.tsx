import { classes } from './classes'
import { Icon, type IconDrawing } from './icon'
import { buttonClasses, type ButtonProps } from './button'

interface Props extends Omit<ButtonProps, 'icon' | 'children' | 'aria-label'> {
  icon: IconDrawing
  /** What it does, for a screen reader and the hover. */
  label: string
}

/** A square button with an icon alone; its label is its name and its hover text. */
export function IconButton({ icon, label, tone = 'quiet', size = 'normal', className, ...rest }: Props) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={classes(buttonClasses({ tone, size }), size === 'low' ? 'w-6 px-0!' : 'w-7 px-0!', className)}
      {...rest}
    >
      <Icon of={icon} small={size === 'low'} />
    </button>
  )
}
