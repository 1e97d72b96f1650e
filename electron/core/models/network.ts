import { existsSync, readFileSync } from 'node:fs'
import { getCACertificates } from 'node:tls'
import { EnvHttpProxyAgent, fetch as undiciFetch, type RequestInit as UndiciInit } from 'undici'

/** What we need of fetch; injected, so that tests can look at what is asked. */
export type Fetch = (address: string, options?: FetchOptions) => Promise<Response>
export type FetchOptions = {
  method?: 'GET' | 'HEAD'
  headers?: Readonly<Record<string, string>>
  signal?: AbortSignal
  /** `manual` answers with the redirect itself. */
  redirect?: 'follow' | 'manual'
}

export type Environment = Readonly<Record<string, string | undefined>>

/** Where companies and distributions name their own certificates, for the tools that read these variables. */
const certificateVariables = ['SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS', 'PIP_CERT', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE']

/** A fetch that goes through the environment's proxy and trusts the system's and the environment's certificates. */
export function createFetch(environment: Environment): Fetch {
  const dispatcher = new EnvHttpProxyAgent({
    ...proxyOptions(environment),
    connect: { ca: certificates(environment), timeout: 10_000 },
    requestTls: { ca: certificates(environment) },
    bodyTimeout: 0,
  })
  return async (address, { redirect = 'follow', ...options } = {}) => {
    const init: UndiciInit = { ...options, redirect, dispatcher }
    // Undici's Response is the one of the platform, typed by another package.
    return (await undiciFetch(address, init)) as unknown as Response
  }
}

function proxyOptions(environment: Environment) {
  const either = (name: string) => environment[name] ?? environment[name.toUpperCase()]
  const httpProxy = either('http_proxy') ?? either('all_proxy')
  const httpsProxy = either('https_proxy') ?? either('all_proxy')
  const noProxy = either('no_proxy')
  // Loopback is never asked through a proxy.
  return {
    ...(httpProxy && { httpProxy }),
    ...(httpsProxy && { httpsProxy }),
    noProxy: [noProxy, 'localhost', '127.0.0.1', '::1'].filter(Boolean).join(','),
  }
}

function certificates(environment: Environment): string[] {
  const files = new Set(certificateVariables.map(name => environment[name]).filter(path => path !== undefined && existsSync(path)))
  const own = [...files].map(path => readFileSync(path ?? '', 'utf8'))
  return [...new Set([...getCACertificates('default'), ...getCACertificates('system'), ...own])]
}
