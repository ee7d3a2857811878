// One by one, since the bundled styles bring an icon font of 30 KB that is used nowhere here.
import 'vant/es/style/base.css'
import 'vant/es/overlay/index.css'
import 'vant/es/popup/index.css'
import 'vant/es/loading/index.css'
import 'vant/es/button/index.css'
import 'vant/es/toast/index.css'
import 'vant/es/dialog/index.css'
import 'vant/es/action-sheet/index.css'
import './style.css'
import './shoot.css'
import './large.css'

import { createApp } from 'vue'
import { createRouter, createWebHashHistory } from 'vue-router'

import App from './App.vue'
import { loadClock } from './office/clock'
import { listenForInstall } from './office/install'
import { startRunning } from './office/running'
import { loadSession } from './office/session'
import { showSize, type Size, watchWidth } from './office/size'
import { registerWorker } from './office/update'
import Capture from './screens/Capture.vue'
import Notices from './screens/Notices.vue'
import Overlay from './screens/Overlay.vue'
import Queue from './screens/Queue.vue'
import Ready from './screens/Ready.vue'
import Report from './screens/Report.vue'
import Sent from './screens/Sent.vue'
import Settings from './screens/Settings.vue'
import Tasks from './screens/Tasks.vue'
import Visit from './screens/Visit.vue'
import { readSetting, theStore } from './store/database'
import { openStore } from './store/rescue'
import { type Language, speak } from './words'

const router = createRouter({
  // The address after # keeps the server out of it: one page, one scope, opened offline from the cache.
  history: createWebHashHistory(),
  routes: [
    { path: '/', component: Capture },
    { path: '/report', component: Report },
    { path: '/queue', component: Queue },
    { path: '/tasks', component: Tasks },
    { path: '/visit/:id', component: Visit },
    { path: '/shoot/:id', component: Overlay },
    { path: '/sent', component: Sent },
    { path: '/notices', component: Notices },
    { path: '/ready', component: Ready },
    { path: '/settings', component: Settings },
    { path: '/:rest(.*)*', redirect: '/' },
  ],
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
})

async function start(): Promise<void> {
  listenForInstall()
  watchWidth()
  const opened = await openStore(theStore())
  speak(navigator.language.startsWith('zh') || !navigator.language ? 'zh' : 'en')
  if (opened.kind === 'open') {
    const chosen = await readSetting<Language>('language')
    if (chosen) speak(chosen)
    showSize((await readSetting<Size>('size')) ?? '1')
    await loadClock()
    await loadSession()
  }
  const app = createApp(App, { store: opened.kind, old: opened.kind === 'old' ? opened.old : null })
  app.use(router).mount('#app')
  if (opened.kind === 'open') await startRunning()
  registerWorker()
}

void start()
