import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  root: 'renderer',
  base: './',
  plugins: [react(), tailwindcss()],
  build: { outDir: '../dist/renderer', emptyOutDir: true, chunkSizeWarningLimit: 1200, target: 'es2023' },
  test: {
    root: import.meta.dirname,
    include: ['test/**/*.test.{ts,tsx}'],
    exclude: ['test/deep/**', 'test/live/**'].filter(folder => !process.argv.some(argument => argument.includes(folder.slice(0, 9)))),
    globalSetup: ['test/fixtures/global-setup.ts'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    maxWorkers: 2,
    slowTestThreshold: 2_000,
  },
})
