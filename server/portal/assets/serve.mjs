// Sets aside the few files of the packages that pages load: what Django serves as static files under vendor/.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

const served = "node_modules/.served";
const files = {
  "tabler.min.css": "node_modules/@tabler/core/dist/css/tabler.min.css",
  "htmx.min.js": "node_modules/htmx.org/dist/htmx.min.js",
};

mkdirSync(served, { recursive: true });
for (const [name, from] of Object.entries(files)) {
  // Hashed names are made by following references: a source map that is not served would be a broken one.
  writeFileSync(`${served}/${name}`, readFileSync(from, "utf8").replace(/\n?\/[/*]# sourceMappingURL=[^\n]*/g, ""));
}
