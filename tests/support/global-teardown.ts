// biome-ignore lint/style/noDefaultExport: what jest calls
export default async function globalTeardown(): Promise<void> {
  const { stopTestServer } = globalThis as { readonly stopTestServer?: () => Promise<void> };
  await stopTestServer?.();
}
