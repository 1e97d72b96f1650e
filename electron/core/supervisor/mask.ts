const secrets: readonly (readonly [RegExp, string])[] = [
  [/\bhf_[A-Za-z0-9]{8,}/g, 'hf_***'],
  [/\bsk-[A-Za-z0-9_-]{8,}/g, 'sk-***'],
  [/(authorization["']?\s*[:=]\s*["']?(?:bearer|basic|token)?\s*)[^\s"',;]{4,}/gi, '$1***'],
  [/(\bbearer\s+)[A-Za-z0-9._~+/=-]{8,}/gi, '$1***'],
  [/((?:api[-_]?key|access[-_]?token|x-api-key)["']?\s*[:=\s]\s*["']?)[^\s"',;]{8,}/gi, '$1***'],
  [/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, '$1***@'],
]

/** One look that most lines pass, so that a flood of log costs little. */
const suspicious = /hf_|sk-|auth|bearer|key|token|@/i

/** Replaces what looks like a secret, and the secrets that are known (`own`: the key of this start). */
export function maskSecrets(text: string, own: readonly string[] = []): string {
  let masked = text
  for (const secret of own) if (secret !== '') masked = masked.replaceAll(secret, '***')
  if (!suspicious.test(masked)) return masked
  for (const [pattern, replacement] of secrets) masked = masked.replace(pattern, replacement)
  return masked
}
