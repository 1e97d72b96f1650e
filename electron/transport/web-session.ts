import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

const LINK_LIFETIME_MS = 10 * 60_000

const digest = (secret: string) => createHash('sha256').update(secret).digest()
const newSecret = () => randomBytes(32).toString('base64url')

/** Compares by digest, so that neither length nor content shows in the time taken. */
export const sameSecret = (given: string, expected: string) => timingSafeEqual(digest(given), digest(expected))

/** One-time links and the sessions they open; only digests are kept. */
export function createWebSessions(monotonicMs: () => number) {
  const links = new Map<string, number>()
  const sessions = new Set<string>()
  const key = (secret: string) => digest(secret).toString('hex')

  return {
    /** A token that opens one session, once, within ten minutes. */
    newLink(): string {
      const token = newSecret()
      links.set(key(token), monotonicMs() + LINK_LIFETIME_MS)
      return token
    },
    /** The secret of a new session, or null when the token is unknown, used or too old. */
    redeem(token: string): string | null {
      const until = links.get(key(token))
      links.delete(key(token))
      if (until === undefined || until < monotonicMs()) return null
      const secret = newSecret()
      sessions.add(key(secret))
      return secret
    },
    isOpen: (secret: string | undefined) => secret !== undefined && sessions.has(key(secret)),
  }
}
export type WebSessions = ReturnType<typeof createWebSessions>
