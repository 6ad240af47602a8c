// Opens an address in a tab of the Chromium that listens at this port: node open-tab.mjs PORT ADDRESS
const [port, address] = process.argv.slice(2);
try {
  const answer = await fetch(`http://127.0.0.1:${port}/json/new?${encodeURIComponent(address)}`, { method: "PUT" });
  process.exit(answer.ok ? 0 : 1);
} catch {
  process.exit(1); // it is gone
}
