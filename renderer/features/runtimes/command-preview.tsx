import { CodeBlock } from '../../ui/code-block'
import { Skeleton } from '../../ui/skeleton'
import { StateWord } from '../../ui/state-word'
import { quoted } from './plan-view'
import type { RenderedAnswer } from './use-rendered'

/** The exact command as it stands, the environment it gets, and what of the settings could not be passed. */
export function CommandPreview({ title, rendered, failure }: RenderedAnswer & { title: string }) {
  return (
    <aside aria-label={`Command of ${title}`} className="sticky top-0 grid min-w-0 content-start gap-2 self-start">
      <h3 className="text-12 text-ink-3">Exact command</h3>
      {failure && <p className="text-ink-2">{failure.message}</p>}
      {!rendered && !failure && <Skeleton width={240} />}
      {rendered && (
        <>
          <CodeBlock label={`Exact command of ${title}`} text={textOf(rendered)} wrap="words" copy />
          {rendered.problems
            .filter(each => each.setting === null)
            .map(each => (
              <p key={each.text} className="text-12">
                <StateWord tone="warn">
                  <span className="whitespace-normal">{each.text}</span>
                </StateWord>
              </p>
            ))}
          <p className="text-12 text-ink-3">{rendered.build === null ? 'No build is here yet.' : `With ${rendered.build}.`}</p>
        </>
      )}
    </aside>
  )
}

function textOf({ command, environment }: { command: readonly string[]; environment: Readonly<Record<string, string>> }): string {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${quoted(value)}`)
  return [...variables, command.map(quoted).join(' ')].join(' \\\n')
}
