import { isValidElement, memo, type ReactNode, type Ref } from 'react'
import ReactMarkdown, { type Components, type Options } from 'react-markdown'
import rehypeSanitize, { defaultSchema } from 'rehype-sanitize'
import remarkGfm from 'remark-gfm'
import { CodeFigure } from './code-figure'
import { PlainBlock, type TakeEnd } from './plain-block'
import { plainParagraphs } from './plain-paragraph'
import { safeAddress } from './safe-address'
import { fencedCode } from './split-blocks'
import { splitList, type SplitList } from './split-list'
import { splitTable } from './split-table'

/** No ids, no classes but the language of code: nothing an answer says may reach the page's own names. */
const schema: NonNullable<Options['rehypePlugins']> = [
  [
    rehypeSanitize,
    {
      ...defaultSchema,
      attributes: {
        a: ['href', 'title'],
        code: [['className', /^language-[\w+#.-]{1,40}$/]],
        img: ['src', 'alt'],
        input: [['type', 'checkbox'], ['disabled', true], 'checked'],
        ol: ['start'],
        td: ['align'],
        th: ['align'],
      },
      protocols: { href: ['http', 'https', 'mailto'], src: ['http', 'https'] },
    },
  ],
]
const gfm: Options['remarkPlugins'] = [[remarkGfm, { singleTilde: false }]]

interface Node {
  tagName?: string
  children?: Node[]
}

/** Of a list that is drawn in parts, the items alone. */
const itemsOnly: Options['rehypePlugins'] = [
  ...schema,
  () => (tree: Node) => {
    tree.children = tree.children?.flatMap(node => (node.tagName === 'ul' || node.tagName === 'ol' ? (node.children ?? []) : [node])) ?? []
  },
]

const components: Components = {
  a: ({ href, children }) => <SafeLink href={href}>{children}</SafeLink>,
  img: ({ src, alt }) => <ImageLink src={typeof src === 'string' ? src : ''} alt={alt ?? ''} />,
  input: ({ checked }) => <input type="checkbox" checked={checked ?? false} readOnly disabled aria-label={checked ? 'done' : 'to do'} />,
  pre: ({ children }) => <Pre>{children}</Pre>,
  table: ({ children }) => <TableFrame>{children}</TableFrame>,
  // Headings of an answer stand below the page's own, and never skip a level: which one it begins with is the model's whim.
  h1: ({ children }) => <h2>{children}</h2>,
  h2: ({ children }) => <h2>{children}</h2>,
  h3: ({ children }) => <h2 className="markdown-minor">{children}</h2>,
  h4: ({ children }) => <h2 className="markdown-minor">{children}</h2>,
  h5: ({ children }) => <h2 className="markdown-minor">{children}</h2>,
  h6: ({ children }) => <h2 className="markdown-minor">{children}</h2>,
}

/** Of a table that is drawn in parts, the head alone; and of each part the rows alone, since a table may have several bodies. */
const headOnly: Components = { ...components, table: ({ children }) => <>{children}</> }
const rowsOnly: Components = { ...headOnly, thead: () => null }

interface Props {
  /** One or more whole blocks of Markdown, or the growing end of one. */
  source: string
  /** Link definitions from elsewhere in the text. */
  definitions: string
  live?: boolean
  takeEnd?: Ref<TakeEnd> | undefined
}

/** Markdown as elements: sanitised, without raw HTML, without anything that loads from outside. Never parsed twice for the same source. */
export const MarkdownBlock = memo(function MarkdownBlock({ source, definitions, live = false, takeEnd }: Props) {
  const code = fencedCode(source)
  if (code) return <CodeFigure code={code.code} language={code.language} live={live} />
  const plain = plainParagraphs(source)
  if (plain) return <PlainBlock paragraphs={plain} takeEnd={takeEnd} />
  const list = splitList(source)
  if (list) return <ListInParts list={list} definitions={definitions} />
  const table = splitTable(source)
  if (!table) return <Parsed source={source} definitions={definitions} as={components} />
  return (
    <TableFrame>
      <Parsed source={table.head} definitions={definitions} as={headOnly} />
      {table.parts.map((part, index) => (
        <Parsed key={index} source={`${table.head}\n${part}`} definitions={definitions} as={rowsOnly} />
      ))}
    </TableFrame>
  )
})

function ListInParts({ list: { start, parts }, definitions }: { list: SplitList; definitions: string }) {
  const items = parts.map((part, index) => (
    <Parsed key={index} source={part} definitions={definitions} as={components} plugins={itemsOnly} />
  ))
  if (start === null) return <ul>{items}</ul>
  return <ol {...(start === 1 ? {} : { start })}>{items}</ol>
}

interface ParsedProps {
  source: string
  definitions: string
  as: Components
  plugins?: Options['rehypePlugins']
}

const Parsed = memo(function Parsed({ source, definitions, as, plugins = schema }: ParsedProps) {
  const whole = definitions !== '' && source.includes('[') ? `${source}\n\n${definitions}` : source
  return (
    <ReactMarkdown remarkPlugins={gfm} rehypePlugins={plugins} components={as} urlTransform={safeAddress}>
      {whole}
    </ReactMarkdown>
  )
})

function TableFrame({ children }: { children?: ReactNode }) {
  return (
    <div className="markdown-table" tabIndex={0} role="group" aria-label="Table">
      <table>{children}</table>
    </div>
  )
}

/** A link that leaves the app: its whole address on hover, nothing of ours goes with it. Without a safe address it is its own words. */
function SafeLink({ href, children }: { href: string | undefined; children?: ReactNode }) {
  const address = safeAddress(href ?? '')
  if (address === null) return <>{children}</>
  return (
    <a href={address} target="_blank" rel="noopener noreferrer nofollow" title={address} className="quiet-link">
      {children}
    </a>
  )
}

/** Where an image would be: a link to it. Loading it would tell its server that the answer was read. */
function ImageLink({ src, alt }: { src: string; alt: string }) {
  const words = `Image${alt === '' ? '' : `: ${alt}`}`
  return safeAddress(src) === null ? <span className="text-ink-3">[{words}]</span> : <SafeLink href={src}>{words} (not loaded)</SafeLink>
}

function Pre({ children }: { children?: ReactNode }) {
  if (!isValidElement<{ className?: string; children?: ReactNode }>(children)) return <pre>{children}</pre>
  const { className, children: text } = children.props
  const code = typeof text === 'string' ? text.replace(/\n$/, '') : ''
  return <CodeFigure code={code} language={className?.replace('language-', '') ?? ''} />
}
