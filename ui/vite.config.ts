import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

/** In mode `mock` the window's IPC is replaced by dev/mock.ts; no other mode can reach that file. */
export default defineConfig(({ mode }) => ({
  plugins: [svelte()],
  resolve: {
    alias: {
      "@bindings": fileURLToPath(new URL("./src/lib/bindings", import.meta.url)),
      ...(mode === "mock" ? { "@tauri-apps/api/core": here("./dev/mock.ts") } : {}),
    },
    // The tests run what the window runs: the client's side of Svelte, not the server's.
    ...(mode === "test" ? { conditions: ["browser"] } : {}),
  },
  build: {
    target: "es2022",
    outDir: mode === "mock" ? "dist-mock" : "dist",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { port: 5199, strictPort: true },
  test: { include: ["src/**/*.test.ts"] },
}));

function here(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
