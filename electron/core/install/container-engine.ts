import { findOnPath } from './find-on-path'

type Environment = Readonly<Record<string, string | undefined>>

/** Path of the container engine that is here, Docker before Podman; null when there is none. */
export async function engineOf(environment: Environment): Promise<string | null> {
  return (await findOnPath('docker', environment)) ?? (await findOnPath('podman', environment))
}
