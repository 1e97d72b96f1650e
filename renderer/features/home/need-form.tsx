import { useState, type ReactNode } from 'react'
import type { Need } from '../../../electron/contract/need'
import { ChooseOne, ChooseOrdered } from '../../ui/choice'
import { Input } from '../../ui/field'
import { Skeleton } from '../../ui/skeleton'
import { AnswersChoice } from './answers-choice'
import { ContextChoice } from './context-choice'
import { EngineChoice } from './engine-choice'
import { MustHaves } from './must-haves'
import { experienceOptions, priorityOptions, taskOptions, usualUsers, type Who } from './need-words'
import { dispatch, useRecommend } from './recommend.store'
import { WeightsChoice } from './weights-choice'

const change = (part: Partial<Need>) => dispatch({ type: 'changed', change: part })

/** What the person wants to do; every change is answered at once. */
export function NeedForm() {
  const need = useRecommend(store => store.need)
  return (
    <section
      aria-labelledby="h-need"
      className="border-l border-line pl-6 max-wide:pl-4 max-narrow:border-l-0 max-narrow:pt-4 max-narrow:pl-0"
    >
      <h2 id="h-need" className="mb-3">
        What do you want to do?
      </h2>
      {need ? <Rows need={need} /> : <Waiting />}
    </section>
  )
}

function Rows({ need }: { need: Need }) {
  return (
    <div className="grid grid-cols-[96px_minmax(0,1fr)] items-start gap-y-2 max-narrow:grid-cols-1">
      <Row name="Who">
        <WhoChoice users={need.users} />
      </Row>
      <Row name="For">
        <ChooseOne legend="For" options={taskOptions} value={need.task} onChange={task => change({ task })} />
      </Row>
      <Row name="I am">
        <ChooseOne legend="I am" options={experienceOptions} value={need.experience} onChange={experience => change({ experience })} />
      </Row>
      <Row name="Matters most">
        <ChooseOrdered
          legend="Matters most, in order"
          options={priorityOptions}
          value={need.priorities}
          onChange={priorities => change({ priorities })}
        />
      </Row>
      <Row name="Weights">
        <WeightsChoice value={need.weights ?? {}} onChange={weights => change({ weights })} />
      </Row>
      <Row name="Context">
        <div className="flex min-h-6 flex-wrap items-center gap-x-2 gap-y-1 pl-2">
          <ContextChoice tokens={need.contextTokens} users={need.users} onChange={contextTokens => change({ contextTokens })} />
        </div>
      </Row>
      <Row name="Answers">
        <AnswersChoice language={need.language} abilities={need.abilities ?? []} onChange={change} />
      </Row>
      <Row name="Model">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1 pl-2">
          <ModelWords value={need.model} />
          <EngineChoice value={need.runtime} onChange={runtime => change({ runtime })} />
          <MustHaves value={need.must} onChange={must => change({ must })} />
        </div>
      </Row>
    </div>
  )
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <span aria-hidden="true" className="leading-6 text-ink-2">
        {name}
      </span>
      {children}
    </>
  )
}

function WhoChoice({ users }: { users: number }) {
  const [many, setMany] = useState<Exclude<Who, 'me'>>(users > 16 ? 'app' : 'team')
  const who: Who = users === 1 ? 'me' : many
  function choose(next: Who) {
    if (next !== 'me') setMany(next)
    change({ users: next === 'me' || users === 1 || next !== who ? usualUsers[next] : users })
  }
  const size = (each: Exclude<Who, 'me'>, name: string) =>
    who === each ? { extra: <UsersInput key={each} name={name} users={users} /> } : {}
  return (
    <ChooseOne
      legend="Who"
      value={who}
      onChange={choose}
      options={[
        { value: 'me', label: 'just me' },
        { value: 'team', label: 'a team of', ...size('team', 'Team size') },
        { value: 'app', label: 'an app, steady load', hint: 'programs that ask at the same time', ...size('app', 'Requests at once') },
      ]}
    />
  )
}

/** Keeps what is typed until it is a number of users. */
function UsersInput({ name, users }: { name: string; users: number }) {
  const [typed, setTyped] = useState<string | null>(null)
  return (
    <Input
      number
      aria-label={name}
      className="mr-1 -ml-px h-6! w-12!"
      value={typed ?? String(users)}
      onChange={event => {
        const text = event.target.value
        setTyped(text)
        const count = /^\d{1,5}$/.test(text) ? Number(text) : 0
        if (count >= 2 && count <= 10_000) change({ users: count })
      }}
      onBlur={() => setTyped(null)}
    />
  )
}

/** A model of one's own wish, in words the host understands. Sent when typing pauses or ends. */
function ModelWords({ value }: { value: string | null }) {
  const [typed, setTyped] = useState<string | null>(null)
  const send = () => {
    if (typed === null) return
    const words = typed.trim()
    setTyped(null)
    if ((words === '' ? null : words) !== value) change({ model: words === '' ? null : words })
  }
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        send()
      }}
    >
      <Input
        aria-label="Model"
        placeholder="the best that fits; or 8B, qwen"
        className="h-6! w-64 max-w-full"
        value={typed ?? value ?? ''}
        onChange={event => setTyped(event.target.value)}
        onBlur={send}
      />
    </form>
  )
}

function Waiting() {
  return (
    <div role="status" aria-label="Loading what you wanted last time" className="grid gap-2">
      {[300, 480, 260, 340, 160, 320, 350, 290].map(width => (
        <div key={width} className="flex h-6 items-center gap-8">
          <Skeleton width={64} />
          <Skeleton width={width} />
        </div>
      ))}
    </div>
  )
}
