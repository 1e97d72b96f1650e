/** What a body of JSON says; `otherwise` where it is none. */
export function jsonOr(body: string, otherwise: unknown): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return otherwise
  }
}
