import { Link, useLocation } from 'wouter'
import { classes } from '../../ui/classes'

const tabs = [
  { path: '/models', title: 'Library' },
  { path: '/models/hub', title: 'Hub' },
  { path: '/models/downloads', title: 'Downloads' },
  { path: '/models/stores', title: 'Stores and copies' },
] as const

/** The views of Models, each under an address of its own; `counts` says how many wait in one. */
export function ModelsTabs({ downloads }: { downloads: number }) {
  const [location] = useLocation()
  const isAt = (path: string) => (path === '/models' ? location === path : location.startsWith(path))
  return (
    <nav aria-label="Views of models" className="flex flex-wrap gap-x-1 border-b border-line px-gut pt-1">
      {tabs.map(({ path, title }) => (
        <Link
          key={path}
          href={path}
          aria-current={isAt(path) ? 'page' : undefined}
          className={classes(
            '-mb-px inline-flex h-8 items-center gap-1.5 border-b-2 px-2.5 text-13',
            isAt(path) ? 'border-accent-edge font-semibold text-ink' : 'border-transparent text-ink-2 hover:text-ink',
          )}
        >
          {title}
          {path === '/models/downloads' && downloads > 0 && <span className="text-12 text-ink-3">{downloads}</span>}
        </Link>
      ))}
    </nav>
  )
}
