import { openStore } from '../../../electron/core/store/open-store'

/** Opens the store of a folder and prints how many documents it holds, or why it cannot. */
try {
  const store = openStore(process.argv[2] ?? '')
  console.log(`rows ${String(store.database.prepare('SELECT count(*) AS rows FROM documents').get()?.['rows'])}`)
  store.close()
} catch (error) {
  console.log(error instanceof Error && 'code' in error ? String(error.code) : String(error))
}
