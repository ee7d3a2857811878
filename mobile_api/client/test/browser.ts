// What a browser has and Node 20 has not: IndexedDB. Each test file gets a store of its own.
import 'fake-indexeddb/auto'
