import { memo, useEffect, useMemo, useState } from 'react'
import { CopyButton } from '../copy-button'
import { GrowingText } from '../growing-text'
import { highlight, type Token } from './highlight'
import { plainCode } from './safe-address'

interface Props {
  code: string
  /** As it stands behind the fence: `ts`; empty when nothing does. */
  language: string
  /** Still growing: colours wait until it is whole. */
  live?: boolean
}

/** Lines are laid out in groups, so that a growing block measures only its last one. */
const groupSize = 40

/** A code block: its language, a button that copies it, and colours once it is whole. */
export const CodeFigure = memo(function CodeFigure({ code, language, live = false }: Props) {
  const plain = useMemo(() => plainCode(code), [code])
  const colours = useColours(plain, language, !live)
  const groups = useMemo(() => grouped(plain), [plain])
  return (
    <figure className="code-figure">
      <figcaption>
        <span>{language === '' ? 'text' : language}</span>
        <CopyButton text={plain} />
      </figcaption>
      <pre tabIndex={0} role="group" aria-label={language === '' ? 'Code' : `Code, ${language}`}>
        <code>
          {colours
            ? colours.map((line, index) => <Line key={index} tokens={line} />)
            : groups.map((group, index) => <GrowingText key={index} as="span" className="code-group" text={group} />)}
        </code>
      </pre>
    </figure>
  )
})

function Line({ tokens }: { tokens: readonly Token[] }) {
  return (
    <span className="code-group">
      {tokens.map((token, index) => (
        <span key={index} {...(token.tone ? { className: `tone-${token.tone}` } : {})}>
          {token.text}
        </span>
      ))}
    </span>
  )
}

function useColours(code: string, language: string, whole: boolean): Token[][] | null {
  const [coloured, setColoured] = useState<{ code: string; lines: Token[][] } | null>(null)
  useEffect(() => {
    if (!whole || language === '') return
    const given = { up: false }
    void highlight(code, language).then(lines => {
      if (!given.up && lines) setColoured({ code, lines })
    })
    return () => void (given.up = true)
  }, [code, language, whole])
  return coloured?.code === code ? coloured.lines : null
}

function grouped(code: string): string[] {
  const lines = code.split('\n')
  const groups: string[] = []
  for (let start = 0; start < lines.length; start += groupSize) groups.push(lines.slice(start, start + groupSize).join('\n'))
  return groups
}
