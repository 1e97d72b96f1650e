import * as z from 'zod'
import { updateRecordSchema } from '../../contract/install'
import { settingValuesSchema } from '../../contract/runtime'
import { fileMarkSchema } from '../install/integrity'
import { knownFlagsSchema } from '../install/known-flags'
import type { Store } from '../store/store.types'
import { pointerSchema, switchSchema } from './active'

const proofSchema = z.object({ asked: z.int(), right: z.int(), at: z.string() })

/** What is kept of builds: what was chosen, switched, set, seen and measured. */
export const buildStores = (store: Pick<Store, 'collection'>) => ({
  pointers: store.collection('active-builds', pointerSchema),
  switches: store.collection('build-switches', switchSchema),
  saved: store.collection('runtime-settings', settingValuesSchema),
  updates: store.collection('build-updates', updateRecordSchema),
  files: store.collection('build-files', fileMarkSchema),
  flags: store.collection('build-flags', knownFlagsSchema),
  proofs: store.collection('build-proofs', proofSchema),
})
