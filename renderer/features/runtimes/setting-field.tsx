import RotateCcw from 'lucide-react/icons/rotate-ccw'
import { useEffect, useState } from 'react'
import type { Setting } from '../../../electron/contract/runtime'
import { Input } from '../../ui/field'
import { IconButton } from '../../ui/icon-button'
import { noteInvalid } from './invalid-settings.store'
import { defaultWords, numberProblem, type SettingValue } from './setting-values'

interface Props {
  /** Whose setting it is. */
  runtime: string
  setting: Setting
  /** Null when nothing is passed. */
  value: SettingValue | null
  /** What the host says of this value with the build that would be started. */
  problem: string | null
  onChange: (value: SettingValue | null) => void
}

/** One setting: its words, the control that suits it, its unit and limits, and the way back to the default. */
export function SettingField({ runtime, setting, value, problem, onChange }: Props) {
  const id = `setting-${setting.id}`
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-x-4 border-b border-line py-2 last:border-0">
      <div className="min-w-0">
        <label htmlFor={id} className={value === null ? '' : 'font-semibold'}>
          {setting.title}
        </label>{' '}
        <code className="text-12 text-ink-3">{setting.flag ?? setting.environment}</code>
        <p className="text-12 text-ink-2" title={setting.source}>
          {setting.help}
        </p>
        {problem !== null && (
          <p role="alert" className="text-12 text-bad">
            {problem}
          </p>
        )}
      </div>
      <div className="flex items-center gap-1.5">
        <Control key={value === null ? 'default' : 'own'} id={id} runtime={runtime} setting={setting} value={value} onChange={onChange} />
        <span className="w-7">
          {value !== null && (
            <IconButton
              icon={RotateCcw}
              size="low"
              label={`${setting.title}: back to the default, ${defaultWords(setting)}`}
              onClick={() => onChange(null)}
            />
          )}
        </span>
      </div>
    </div>
  )
}

function Control({ id, runtime, setting, value, onChange }: Omit<Props, 'problem'> & { id: string }) {
  const kind = setting.value
  if (kind.kind === 'switch' || kind.kind === 'choice') {
    const options = kind.kind === 'switch' ? ['on', 'off'] : kind.options
    const shown = typeof value === 'boolean' ? (value ? 'on' : 'off') : value === null ? '' : String(value)
    return (
      <select
        id={id}
        value={shown}
        className="h-7 max-w-44 rounded-1 border border-edge bg-surface px-1.5"
        onChange={event => {
          const { value: text } = event.target
          onChange(text === '' ? null : kind.kind === 'switch' ? text === 'on' : text)
        }}
      >
        <option value="">default: {defaultWords(setting)}</option>
        {options.map(option => (
          <option key={option} value={option}>
            {option}
          </option>
        ))}
      </select>
    )
  }
  return <TextControl id={id} runtime={runtime} setting={setting} value={value} onChange={onChange} />
}

/** Takes what was typed when it is left or entered, so that a half-typed number is never passed. */
function TextControl({ id, runtime, setting, value, onChange }: Omit<Props, 'problem'> & { id: string }) {
  const [text, setText] = useState(value === null ? '' : String(value))
  const wrong = text === '' ? null : numberProblem(setting, text)
  const number = setting.value.kind === 'number' ? setting.value : null
  useEffect(() => {
    if (wrong === null) return
    noteInvalid(runtime, setting.id, { title: setting.title, why: wrong })
    return () => noteInvalid(runtime, setting.id, null)
  }, [runtime, setting.id, setting.title, wrong])
  function take() {
    if (wrong !== null) return
    const next = text.trim() === '' ? null : number ? Number(text) : text.trim()
    if (next !== value) onChange(next)
  }
  return (
    <span className="grid justify-items-end gap-0.5">
      <span className="inline-flex items-center gap-1.5">
        <Input
          id={id}
          number={number !== null}
          value={text}
          placeholder={number && number.default !== null ? String(number.default) : defaultWords(setting)}
          aria-invalid={wrong !== null}
          className={number ? 'w-28' : 'w-44'}
          onChange={event => setText(event.target.value)}
          onBlur={take}
          onKeyDown={event => {
            if (event.key === 'Enter') take()
          }}
        />
        {number?.unit && <span className="text-12 text-ink-3">{number.unit}</span>}
      </span>
      {wrong !== null && (
        <span role="alert" className="text-12 text-bad">
          {wrong}
        </span>
      )}
    </span>
  )
}
