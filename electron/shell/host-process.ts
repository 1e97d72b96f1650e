import { fork, type ChildProcess } from 'child_process'
import { MessageChannelMain, utilityProcess, type MessagePortMain, type UtilityProcess, type WebContents } from 'electron'
import type { ToHost, ToShell } from '../contract/shell'

export type HostOptions = {
  file: string
  env: NodeJS.ProcessEnv
  onMessage(message: ToShell): void
  onExit(exitCode: number | null): void
}

export type HostProcess = {
  send(message: ToHost): void
  /** Gives the page a port of its own to the host. */
  connect(contents: WebContents): void
  kill(): void
}

/** Starts the host: as a utilityProcess, or, in an Electron that has none, as a Node process with relayed ports. */
export function startHost(options: HostOptions): HostProcess {
  // Undefined in Electron before 22, whatever its types say now.
  const modern = utilityProcess as typeof utilityProcess | undefined
  return modern ? startUtility(modern, options) : startForked(options)
}

function startUtility(utility: typeof utilityProcess, { file, env, onMessage, onExit }: HostOptions): HostProcess {
  const child: UtilityProcess = utility.fork(file, ['--shell'], { env: definedOnly(env), serviceName: 'Roundhouse host', stdio: 'inherit' })
  child.on('message', onMessage)
  child.on('exit', code => onExit(code))
  return {
    send: message => child.postMessage(message),
    connect(contents) {
      const { port1, port2 } = new MessageChannelMain()
      child.postMessage({ type: 'port' } satisfies ToHost, [port1])
      contents.postMessage('roundhouse:port', null, [port2])
    },
    kill: () => void child.kill(),
  }
}

function startForked({ file, env, onMessage, onExit }: HostOptions): HostProcess {
  const ports = new Map<number, MessagePortMain>()
  let lastPort = 0
  const child: ChildProcess = fork(file, ['--shell'], { env, execPath: env.ROUNDHOUSE_NODE ?? process.execPath, stdio: 'inherit' })
  const send = (message: ToHost) => {
    if (child.connected) child.send(message)
  }
  child.on('message', (message: ToShell) => {
    if (message.type === 'port-message') ports.get(message.port)?.postMessage(message.data)
    else onMessage(message)
  })
  child.on('exit', exitCode => {
    for (const port of ports.values()) port.close()
    ports.clear()
    onExit(exitCode)
  })
  return {
    send,
    connect(contents) {
      const port = ++lastPort
      const { port1, port2 } = new MessageChannelMain()
      ports.set(port, port1)
      send({ type: 'port-open', port })
      port1.on('message', event => send({ type: 'port-message', port, data: event.data as unknown }))
      port1.on('close', () => {
        ports.delete(port)
        send({ type: 'port-close', port })
      })
      port1.start()
      contents.postMessage('roundhouse:port', null, [port2])
    },
    kill: () => void child.kill('SIGTERM'),
  }
}

const definedOnly = (env: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined))
