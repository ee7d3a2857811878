import vue from '@vitejs/plugin-vue'
import { VitePWA } from 'vite-plugin-pwa'
import { defineConfig } from 'vitest/config'

import { version } from './package.json' with { type: 'json' }

/** Where `npm run dev` finds the API: the mock server, or a Django on the same machine. */
const api = process.env.XUNGAI_API ?? 'http://127.0.0.1:8100'

export default defineConfig({
  base: '/m/',
  define: { __APP_VERSION__: JSON.stringify(version) },
  build: { target: 'es2022', assetsDir: 'assets', sourcemap: false, chunkSizeWarningLimit: 600 },
  server: { proxy: { '/api': api } },
  plugins: [
    vue(),
    VitePWA({
      strategies: 'injectManifest',
      srcDir: 'src',
      filename: 'sw.ts',
      scope: '/m/',
      base: '/m/',
      registerType: 'prompt',
      injectRegister: false,
      // The shell alone is precached. Evidence never goes through a Workbox queue: those drop entries after seven days.
      injectManifest: { globPatterns: ['**/*.{js,css,html,svg,png,webmanifest}'] },
      manifest: {
        name: '巡改 Xungai',
        short_name: '巡改',
        description: '突出生态环境问题现场拍照与核查',
        lang: 'zh-Hans',
        id: '/m/',
        start_url: '/m/',
        scope: '/m/',
        display: 'standalone',
        orientation: 'portrait',
        background_color: '#0a1214',
        theme_color: '#0a1214',
        icons: [
          { src: 'icon-192.png', sizes: '192x192', type: 'image/png' },
          { src: 'icon-512.png', sizes: '512x512', type: 'image/png' },
          { src: 'icon-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
        ],
      },
    }),
  ],
  test: { environment: 'node', include: ['test/**/*.test.ts'], setupFiles: ['test/browser.ts'], alias: { 'tus-js-client': 'tus-js-client/lib.esm/browser/index.js' } },
})
