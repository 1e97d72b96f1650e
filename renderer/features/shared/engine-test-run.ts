import type { Instance } from '../../../electron/contract/instance'

/** The test of a build before its first model runs under a name of its own and is gone a moment later: nobody started it. */
export const isEngineTestRun = ({ route }: Pick<Instance, 'route'>) => route.endsWith('#engine-test')
