import { useState } from 'react'
import type { RuntimeDetail } from '../../../electron/contract/runtime-detail'
import type { Rendered } from '../../../electron/contract/install'
import type { Setting, SettingValues } from '../../../electron/contract/runtime'
import { client } from '../../client/client'
import { Button } from '../../ui/button'
import { Disclosure } from '../../ui/disclosure'
import { Input } from '../../ui/field'
import { StateWord } from '../../ui/state-word'
import { act } from '../shared/notice.store'
import { CommandPreview } from './command-preview'
import { useInvalidSettings, type InvalidSetting } from './invalid-settings.store'
import { SettingField } from './setting-field'
import { changed, grouped } from './setting-values'
import { useRendered } from './use-rendered'

/** The typed settings of a runtime with search, and beside them the exact command that a start would run with them. */
export function SettingsForm({ runtime }: { runtime: RuntimeDetail }) {
  const { settings, saved, id, title } = runtime
  const [values, setValues] = useState<SettingValues>(saved)
  const [search, setSearch] = useState('')
  // Fields begin anew after it, also those whose text is no value.
  const [undone, setUndone] = useState(0)
  const typed = useInvalidSettings(store => store.invalid[id])
  const rendered = useRendered(id, values)
  const barred = rendered.rendered?.notOffered ?? []
  // One that was set before stays, so that it can be taken back.
  const offered = settings.filter(each => each.id in values || barred.every(({ setting }) => setting !== each.id))
  const groups = grouped(offered, search)
  const isSaved = JSON.stringify(sorted(values)) === JSON.stringify(sorted(saved))
  const own = Object.keys(values).length
  const problems = rendered.rendered?.problems ?? []
  const wrong = invalidOf({ settings, typed, problems })
  const save = (next: SettingValues) =>
    void act(`The settings of ${title} could not be saved`, () => client.runtimes.saveSettings({ runtime: id, values: next }))
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_minmax(280px,38%)] gap-x-6 px-gut max-wide:grid-cols-1 max-wide:gap-y-4">
      <div className="min-w-0">
        <div className="flex flex-wrap items-center gap-2 pb-1">
          <Input
            type="search"
            aria-label={`Search settings of ${title}`}
            placeholder="Search settings"
            value={search}
            className="w-48"
            onChange={event => setSearch(event.target.value)}
          />
          <div role="status" className="min-w-0 flex-1 text-12 text-ink-2">
            {wrong.length > 0 ? <Wrong fields={wrong} /> : own === 0 ? 'all at their defaults' : `${own} changed`}
          </div>
          <Button
            size="low"
            tone="quiet"
            disabled={isSaved && wrong.length === 0}
            onClick={() => {
              setValues(saved)
              setUndone(undone + 1)
            }}
          >
            Undo
          </Button>
          <Button size="low" disabled={isSaved || wrong.length > 0} onClick={() => save(values)}>
            Save
          </Button>
        </div>
        {groups.length === 0 && <p className="py-3 text-ink-2">{search.trim() === '' ? 'This build takes none.' : 'None matches.'}</p>}
        {groups.map(group => (
          <fieldset key={group.title} className="mt-5">
            <legend className="text-12 text-ink-3">{group.title}</legend>
            {group.settings.map(setting => (
              <SettingField
                key={`${setting.id} ${undone}`}
                runtime={id}
                setting={setting}
                value={values[setting.id] ?? null}
                problem={problems.find(each => each.setting === setting.id)?.text ?? null}
                onChange={value => setValues(changed(values, setting.id, value))}
              />
            ))}
          </fieldset>
        ))}
        <NotOffered settings={settings} barred={barred} />
      </div>
      <CommandPreview title={title} {...rendered} />
    </div>
  )
}

type InvalidField = InvalidSetting & { id: string }

/** Fields whose text is no value, and values that the host does not take. */
function invalidOf({
  settings,
  typed,
  problems,
}: {
  settings: readonly Setting[]
  typed: Readonly<Record<string, InvalidSetting>> | undefined
  problems: Rendered['problems']
}): InvalidField[] {
  return settings.flatMap(({ id, title }) => {
    const why = typed?.[id]?.why ?? problems.find(each => each.setting === id && each.kind === 'out-of-range')?.text
    return why === undefined ? [] : [{ id, title, why }]
  })
}

/** What is not valid and why; each leads to its field. */
function Wrong({ fields }: { fields: readonly InvalidField[] }) {
  return (
    <StateWord tone="bad">
      <span className="whitespace-normal">
        {fields.length === 1 ? 'not valid, and not used: ' : `${fields.length} are not valid, and not used: `}
        {fields.map(({ id, title, why }, index) => (
          <span key={id}>
            {index > 0 && ' '}
            <button type="button" className="quiet-link" onClick={() => document.getElementById(`setting-${id}`)?.focus()}>
              {title}
            </button>
            : {why}
          </span>
        ))}
      </span>
    </StateWord>
  )
}

/** What the build that would be started cannot take, each with the reason. */
function NotOffered({ settings, barred }: { settings: readonly Setting[]; barred: Rendered['notOffered'] }) {
  if (barred.length === 0) return null
  const count = barred.length === 1 ? '1 setting that this build does not take' : `${barred.length} settings that this build does not take`
  return (
    <Disclosure summary={count} className="mt-4 text-12">
      <ul className="grid gap-0.5 py-1 pl-5 text-ink-2">
        {barred.map(({ setting, why }) => (
          <li key={setting}>
            {settings.find(each => each.id === setting)?.title ?? setting}: {why}
          </li>
        ))}
      </ul>
    </Disclosure>
  )
}

const sorted = (values: SettingValues) => Object.entries(values).sort(([left], [right]) => left.localeCompare(right))
