import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app'
import { connect } from './client/client'
import { dialFor } from './client/dial'
import { followAll } from './features/shared/follow-all'
import { applyTheme, rememberedTheme } from './theme/theme'
import './theme/theme.css'

applyTheme(rememberedTheme())
connect(dialFor(window))
followAll()

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no element with the id root.')
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
