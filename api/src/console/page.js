// What the pages share. Everything is set as text, never as markup.

export const byId = (id) => document.getElementById(id);
export const number = new Intl.NumberFormat("en-GB");

// Changes the text only when it differs: a live region speaks every change.
export function say(text, lost) {
  const state = byId("state");
  if (state.textContent !== text) state.textContent = text;
  state.classList.toggle("lost", lost);
}

export function instant(time) {
  return time.slice(0, 19).replace("T", " ");
}

export function cell(text, className) {
  const td = document.createElement("td");
  td.textContent = text;
  if (className) td.className = className;
  return td;
}

export function timeCell(time) {
  return cell(instant(time), "time");
}

export function textList(texts) {
  const list = document.createElement("ul");
  for (const text of texts) {
    const item = document.createElement("li");
    item.textContent = text;
    list.append(item);
  }
  return list;
}

// Puts the first few of a list into an element, and the others on demand.
export function fold(into, texts, shown) {
  into.append(textList(texts.slice(0, shown)));
  const rest = texts.slice(shown);
  if (rest.length > 0) {
    const more = document.createElement("details");
    const summary = document.createElement("summary");
    summary.textContent = `${rest.length} more`;
    more.append(summary, textList(rest));
    into.append(more);
  }
  return into;
}

// A row that says that there is none.
export function noRow(columns, text) {
  const tr = document.createElement("tr");
  const td = cell(text, "hint");
  td.colSpan = columns;
  tr.append(td);
  return tr;
}

// Asks this service. Who is not let in any more is led to the form.
export async function ask(path, options) {
  const answer = await fetch(path, { cache: "no-store", signal: AbortSignal.timeout(15000), ...options });
  if (answer.status === 401) {
    location.assign("/login");
    // The page ends here: nothing is to happen before.
    await new Promise(() => {});
  }
  return answer;
}

// Why something was refused, as the service says it.
export async function problemOf(answer) {
  const problem = await answer.json().catch(() => ({}));
  return problem.detail || `The service answered with ${answer.status}.`;
}

// Who is signed in.
export function showWho(name) {
  byId("who").textContent = name === null ? "Opened by a link" : `Signed in as ${name}`;
}

// What the key does not allow, with the way to another one.
export function showLacking(text) {
  byId("lacking").textContent = text;
  byId("notice").hidden = false;
}

// The links to the first page and to the one after this.
export function showPager(path, params, next) {
  const to = new URLSearchParams(params);
  const isFirst = !to.has("cursor");
  to.delete("cursor");
  byId("newest").href = `${path}?${to}`;
  byId("newest").hidden = isFirst;
  to.set("cursor", next || "");
  byId("older").href = `${path}?${to}`;
  byId("older").hidden = !next;
}

byId("out").addEventListener("click", async () => {
  try {
    const answer = await ask("/logout", { method: "POST" });
    if (answer.ok) location.assign("/login");
    else say(await problemOf(answer), true);
  } catch {
    say("The service does not answer: you are still signed in.", true);
  }
});
