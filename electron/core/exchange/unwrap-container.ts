/** What is said of a container in front of its image, and what is run in it. */
export type ContainerRun = {
  image: string
  args: string[]
  entrypoint: string | null
  environment: string[]
  /** Folders of the machine by their place in the container, longest first. */
  volumes: { host: string; inside: string }[]
  /** Options that have no meaning for a start without a container. */
  left: string[]
}

/** Options of `docker run` that stand alone (https://docs.docker.com/reference/cli/docker/container/run/); all others take a value. */
const alone = /^(?:-[ditP]+|--(?:rm|init|detach|interactive|tty|privileged|read-only|publish-all|no-healthcheck|quiet|sig-proxy))$/
const harmless = /^(?:-[dit]+|--(?:rm|init|detach|interactive|tty|name|pull|quiet))$/

/** `docker run`, `podman run` and `nerdctl run`; null when it is no such command or names no image. */
export function readContainerRun(argv: readonly string[]): ContainerRun | null {
  const rest = optionsOf(argv)
  if (rest === null) return null
  const run: ContainerRun = { image: '', args: [], entrypoint: null, environment: [], volumes: [], left: [] }
  for (let at = 0; at < rest.length; at += 1) {
    const word = rest[at] ?? ''
    if (!word.startsWith('-')) {
      const volumes = run.volumes.sort((a, b) => b.inside.length - a.inside.length)
      return { ...run, volumes, image: word, args: rest.slice(at + 1) }
    }
    const joined = /^(--[\w-]+)=(.*)$/s.exec(word)
    if (joined) takeOption(run, joined[1] ?? '', joined[2] ?? '')
    else if (alone.test(word)) takeOption(run, word, null)
    else takeOption(run, word, rest[(at += 1)] ?? '')
  }
  return null
}

/** What stands behind `docker run`; null for other commands. */
function optionsOf([program = '', ...words]: readonly string[]): string[] | null {
  if (!/(?:^|\/)(?:docker|podman|nerdctl)$/.test(program)) return null
  const rest = words[0] === 'container' ? words.slice(1) : words
  return rest[0] === 'run' ? rest.slice(1) : null
}

function takeOption(run: ContainerRun, option: string, value: string | null) {
  if (option === '-e' || option === '--env') run.environment.push(value ?? '')
  else if (option === '--entrypoint') run.entrypoint = value
  else if (option === '-v' || option === '--volume') addVolume(run, value ?? '')
  else if (option === '-p' || option === '--publish' || harmless.test(option)) return
  else run.left.push(value === null ? option : `${option} ${value}`)
}

/** `HOST:INSIDE[:options]`, the host's with a drive in front on Windows. */
function addVolume(run: ContainerRun, value: string) {
  const match = /^((?:[A-Za-z]:)?[^:]+):([^:]+)(?::[\w,]+)?$/.exec(value)
  if (match) run.volumes.push({ host: (match[1] ?? '').replace(/\/+$/, ''), inside: (match[2] ?? '').replace(/\/+$/, '') })
}

/** Where a file of the container lies on the machine; the same where no folder of the machine is there. */
export function outside(path: string, volumes: ContainerRun['volumes']): string {
  const found = volumes.find(({ inside }) => path === inside || path.startsWith(`${inside}/`))
  return found ? found.host + path.slice(found.inside.length) : path
}
