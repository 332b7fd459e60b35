// Ask credsieve before checking a password. Fails open: no answer in time means "allow".

/** Resolves to "allow", "challenge" or "block". */
export async function decide(url, key, attempt, timeoutMs = 50) {
  try {
    const answer = await fetch(`${url}/v1/decide`, {
      method: "POST",
      headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
      body: JSON.stringify(attempt),
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!answer.ok) return "allow";
    return (await answer.json()).decision ?? "allow";
  } catch {
    return "allow"; // Count this in your metrics: you are without protection while it happens.
  }
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const [url, key, attempt] = process.argv.slice(2);
  console.log(await decide(url, key, JSON.parse(attempt), 1000));
}
