import { CopyButton } from './copy-button'

interface Props {
  /** What it is, for a screen reader: `Exact command`. */
  label: string
  text: string
  /** Long lines wrap instead of scrolling; `words`: as commands do, never at the hyphens of a flag. */
  wrap?: boolean | 'words'
  copy?: boolean
  className?: string
}

/** Only a word longer than a line is broken inside. */
const Words = ({ text }: { text: string }) =>
  text.split(/(\s+)/).map((word, index) =>
    /^\s*$/.test(word) ? (
      word
    ) : (
      <span key={index} className="inline-block max-w-full">
        {word}
      </span>
    ),
  )

/** Monospaced lines in a sunken frame; scrolls inside itself and can be reached by Tab. */
export function CodeBlock({ label, text, wrap = false, copy = false, className = '' }: Props) {
  return (
    <div className={`relative min-w-0 ${className}`}>
      <pre
        tabIndex={0}
        role="region"
        aria-label={label}
        className={`max-h-80 overflow-auto rounded-1 border border-line bg-sunken px-3 py-2 text-code ${
          wrap !== false ? 'wrap-anywhere whitespace-pre-wrap' : 'whitespace-pre'
        } ${copy ? 'pr-20' : ''}`}
      >
        {wrap === 'words' ? <Words text={text} /> : text}
      </pre>
      {copy && <CopyButton text={text} className="absolute top-1.5 right-1.5" />}
    </div>
  )
}
