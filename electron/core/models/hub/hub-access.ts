import type { HubRepository } from '../../../contract/hub'

/**
 * What is left to do before the files of a repository can be read, from whether it is gated, whether a key is sent and what a
 * HEAD for one of its files answered. A gated repository answers 401 without a key and 403 without consent
 * (https://huggingface.co/docs/hub/models-gated); 404 means that it may be read and has no such file.
 */
export function accessOf(gated: boolean, hasToken: boolean, status: number | null): HubRepository['access'] {
  if (!gated) return 'open'
  if (status === null) return hasToken ? 'unknown' : 'needs-token'
  if (status === 401) return 'needs-token'
  if (status === 403) return hasToken ? 'needs-consent' : 'needs-token'
  return status < 400 || status === 404 ? 'granted' : 'unknown'
}
