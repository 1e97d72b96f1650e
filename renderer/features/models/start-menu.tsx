import Play from 'lucide-react/icons/play'
import { useLocation } from 'wouter'
import { client } from '../../client/client'
import { Button } from '../../ui/button'
import { Menu, MenuItem } from '../../ui/menu'
import { act } from '../shared/notice.store'
import { useRuntimes } from '../shared/runtimes.store'

interface Props {
  /** Id in the library. */
  model: string
  name: string
}

/** Start, or where more than one build of a runtime is here, the choice between them. */
export function StartMenu({ model, name }: Props) {
  const [, navigate] = useLocation()
  const runtimes = useRuntimes(store => store.runtimes)
  const usable = (runtimes ?? []).filter(each => each.launchable && each.verdict.can).flatMap(each => each.builds)
  /** `runtime` may name a build. */
  async function start(runtime: string | null) {
    const job = await act(`${name} could not be started`, async () =>
      client.instances.start(await client.instances.choose({ model, runtime, contextTokens: null })),
    )
    if (job) navigate(`/start/${job.id}`)
  }
  const button = (
    <Button size="low" icon={Play} aria-label={`Start ${name}`} {...(usable.length > 1 ? {} : { onClick: () => void start(null) })}>
      Start
    </Button>
  )
  if (usable.length < 2) return button
  return (
    <Menu trigger={button}>
      <MenuItem onSelect={() => void start(null)} about="the best that is here for this model">
        Recommended
      </MenuItem>
      {usable.map(each => (
        <MenuItem key={each.id} onSelect={() => void start(each.id)} about={each.backends.join(', ')}>
          {each.title}
        </MenuItem>
      ))}
    </Menu>
  )
}
