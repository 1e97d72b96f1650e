import type { Runtime } from '../runtimes/runtime'
import { baseAddress } from '../runtimes/common-attach'

/** A server on this machine answers at once; one elsewhere within this, or it counts as a stranger. */
const answerWithinMs = 1_500
const bodyMost = 200_000

/** Which runtime a server is, by what only that one answers; null when none of them is recognised. */
export async function recognise(
  runtimes: readonly Runtime[],
  { address, key }: { address: string; key: string | null },
): Promise<Runtime | null> {
  const headers = key === null ? {} : { authorization: `Bearer ${key}` }
  const found = await Promise.all(
    runtimes.map(async runtime => {
      if (!runtime.attach || !runtime.launch) return null
      const body = await bodyAt(baseAddress(address) + runtime.attach.path, headers)
      return body !== null && runtime.attach.recognise(body) ? runtime : null
    }),
  )
  return found.find(each => each !== null) ?? null
}

async function bodyAt(url: string, headers: Record<string, string>): Promise<string | null> {
  try {
    const reply = await fetch(url, { headers, redirect: 'manual', signal: AbortSignal.timeout(answerWithinMs) })
    const text = await reply.text()
    return reply.ok && text.length <= bodyMost ? text : null
  } catch {
    return null
  }
}
