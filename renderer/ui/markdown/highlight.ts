import type { HighlighterCore } from 'shiki/core'

/** A piece of a line with the class of its colour; null is the colour of text. */
export interface Token {
  text: string
  tone: 'keyword' | 'string' | 'comment' | 'constant' | 'function' | null
}

/** The languages that are coloured, each fetched when it is first needed. */
const loaders = {
  bash: () => import('shiki/langs/bash.mjs'),
  c: () => import('shiki/langs/c.mjs'),
  cpp: () => import('shiki/langs/cpp.mjs'),
  csharp: () => import('shiki/langs/csharp.mjs'),
  css: () => import('shiki/langs/css.mjs'),
  diff: () => import('shiki/langs/diff.mjs'),
  docker: () => import('shiki/langs/docker.mjs'),
  go: () => import('shiki/langs/go.mjs'),
  html: () => import('shiki/langs/html.mjs'),
  ini: () => import('shiki/langs/ini.mjs'),
  java: () => import('shiki/langs/java.mjs'),
  javascript: () => import('shiki/langs/javascript.mjs'),
  json: () => import('shiki/langs/json.mjs'),
  kotlin: () => import('shiki/langs/kotlin.mjs'),
  lua: () => import('shiki/langs/lua.mjs'),
  markdown: () => import('shiki/langs/markdown.mjs'),
  php: () => import('shiki/langs/php.mjs'),
  powershell: () => import('shiki/langs/powershell.mjs'),
  python: () => import('shiki/langs/python.mjs'),
  ruby: () => import('shiki/langs/ruby.mjs'),
  rust: () => import('shiki/langs/rust.mjs'),
  sql: () => import('shiki/langs/sql.mjs'),
  swift: () => import('shiki/langs/swift.mjs'),
  toml: () => import('shiki/langs/toml.mjs'),
  tsx: () => import('shiki/langs/tsx.mjs'),
  typescript: () => import('shiki/langs/typescript.mjs'),
  xml: () => import('shiki/langs/xml.mjs'),
  yaml: () => import('shiki/langs/yaml.mjs'),
}
type Language = keyof typeof loaders

const otherNames: Record<string, Language> = {
  cs: 'csharp',
  'c++': 'cpp',
  dockerfile: 'docker',
  js: 'javascript',
  jsonc: 'json',
  jsx: 'tsx',
  kt: 'kotlin',
  md: 'markdown',
  ps1: 'powershell',
  py: 'python',
  rb: 'ruby',
  rs: 'rust',
  sh: 'bash',
  shell: 'bash',
  ts: 'typescript',
  yml: 'yaml',
  zsh: 'bash',
}

/** Longer code stays in one colour: its grammar would hold up the page. */
const longestCode = 40_000

/**
 * For one line; Shiki's own 500 ms (`tokenizeTimeLimit`) can pass on a busy machine while a grammar's expressions are built for its first
 * line, and the colours of that line would stay wrong.
 */
const longestLineMs = 3_000

let highlighter: Promise<HighlighterCore> | undefined

/** The expressions of the grammars run in the browser's own engine: the policy of the page allows no WebAssembly. */
async function open(): Promise<HighlighterCore> {
  const [{ createHighlighterCore, createCssVariablesTheme }, { createJavaScriptRegexEngine }] = await Promise.all([
    import('shiki/core'),
    import('shiki/engine/javascript'),
  ])
  const theme = createCssVariablesTheme({ name: 'app', variablePrefix: '--' })
  return createHighlighterCore({ themes: [theme], langs: [], engine: createJavaScriptRegexEngine({ forgiving: true }) })
}

/** Lines of tokens; null when the language is unknown, the code too long, or its grammar cannot be had. */
export async function highlight(code: string, language: string): Promise<Token[][] | null> {
  const known = languageOf(language)
  if (!known || code.length > longestCode) return null
  try {
    highlighter ??= open()
    const shiki = await highlighter
    if (!shiki.getLoadedLanguages().includes(known)) await shiki.loadLanguage(loaders[known]())
    return shiki
      .codeToTokensBase(code, { lang: known, theme: 'app', tokenizeTimeLimit: longestLineMs })
      .map(line => line.map(token => ({ text: token.content, tone: toneOf(token.color) })))
  } catch {
    return null
  }
}

function languageOf(written: string): Language | null {
  const name = written.toLowerCase()
  if (isLanguage(name)) return name
  return otherNames[name] ?? null
}

function isLanguage(name: string): name is Language {
  return Object.hasOwn(loaders, name)
}

const tones: Record<string, Token['tone']> = {
  'token-keyword': 'keyword',
  'token-string': 'string',
  'token-string-expression': 'string',
  'token-comment': 'comment',
  'token-constant': 'constant',
  'token-function': 'function',
}

/** Shiki's theme of variables says `var(--token-keyword)`; here it is a class, since the page takes no styles from strings. */
function toneOf(color: string | undefined): Token['tone'] {
  const name = /^var\(--(.+)\)$/.exec(color ?? '')?.[1]
  return name === undefined ? null : (tones[name] ?? null)
}
