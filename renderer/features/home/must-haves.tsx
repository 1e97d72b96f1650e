import Plus from 'lucide-react/icons/plus'
import X from 'lucide-react/icons/x'
import type { Need } from '../../../electron/contract/need'
import { Icon } from '../../ui/icon'
import { IconButton } from '../../ui/icon-button'
import { Menu, MenuCheckItem } from '../../ui/menu'
import { mustOptions } from './need-words'

interface Props {
  value: Need['must']
  onChange: (value: Need['must']) => void
}

/** What a stack must be able to do; a stack without it is not recommended. */
export function MustHaves({ value, onChange }: Props) {
  const without = (must: Need['must'][number]) => value.filter(each => each !== must)
  return (
    <>
      <span className="whitespace-nowrap text-ink-2">must have</span>
      {mustOptions
        .filter(option => value.includes(option.value))
        .map(option => (
          <button
            key={option.value}
            type="button"
            aria-label={`Remove ${option.label}`}
            onClick={() => onChange(without(option.value))}
            className="inline-flex h-6 items-center gap-1 rounded-1 border border-edge bg-select px-2 whitespace-nowrap hover:bg-hover"
          >
            {option.label}
            <Icon of={X} small />
          </button>
        ))}
      <Menu align="start" trigger={<IconButton icon={Plus} size="low" tone="plain" label="Add a must-have" />}>
        {mustOptions.map(option => (
          <MenuCheckItem
            key={option.value}
            checked={value.includes(option.value)}
            onChange={on => onChange(on ? [...value, option.value] : without(option.value))}
            about={option.about}
          >
            {option.label}
          </MenuCheckItem>
        ))}
      </Menu>
    </>
  )
}
