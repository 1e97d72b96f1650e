import type { Need } from '../../../electron/contract/need'
import { ChooseAny } from '../../ui/choice'
import { abilityOptions, languageName, languages } from './need-words'

interface Props {
  language: string | undefined
  abilities: NonNullable<Need['abilities']>
  onChange: (change: Pick<Need, 'language' | 'abilities'>) => void
}

/** The language of the answers, and what the model must be able to do besides writing them. */
export function AnswersChoice({ language, abilities, onChange }: Props) {
  // A need from outside may name one that is not in the list.
  const offered = language === undefined || languages.includes(language) ? languages : [...languages, language]
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-1 pl-2">
      <select
        aria-label="Language of the answers"
        className="h-6 max-w-full rounded-1 border border-edge bg-surface px-1"
        value={language ?? ''}
        onChange={event => onChange({ language: event.target.value === '' ? undefined : event.target.value })}
      >
        <option value="">English or any</option>
        {offered.map(each => (
          <option key={each} value={each}>
            {languageName(each)}
          </option>
        ))}
      </select>
      <span aria-hidden="true" className="h-5 w-px bg-frame max-narrow:hidden" />
      <ChooseAny
        legend="The model must be able to"
        options={abilityOptions}
        value={abilities}
        onChange={chosen => onChange({ abilities: chosen })}
      />
    </div>
  )
}
