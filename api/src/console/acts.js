// Draws what people did by hand from /acts.json. Everything is set as text, never as markup.
import { ask, byId, cell, fold, noRow, problemOf, say, showLacking, showPager, showWho, timeCell } from "./page.js";

const FIELDS = 3;
const params = new URLSearchParams(location.search);

// What stood there. A list entry is JSON, a line for each of its fields: none can pass for another.
function valueCell(subject, text) {
  if (text === null) return cell("–", "hint");
  if (!subject.startsWith("list_entry:")) return cell(text, "value");
  const fields = Object.entries(JSON.parse(text)).filter(([name]) => name !== "id");
  return fold(cell("", "value"), fields.map(([name, value]) => `${name}: ${value}`), FIELDS);
}

function subjectCell(row) {
  const td = cell("", "value");
  if (row.session === null) {
    td.textContent = row.subject;
    return td;
  }
  const link = document.createElement("a");
  link.href = `/review?${new URLSearchParams({ session: row.session })}`;
  link.textContent = row.subject;
  td.append(link);
  return td;
}

function actRow(row) {
  const tr = document.createElement("tr");
  tr.append(
    timeCell(row.time),
    cell(row.key === null ? row.who : `${row.who} (key ${row.key})`, "user"),
    cell(row.what, "attack"),
    subjectCell(row),
    valueCell(row.subject, row.old),
    valueCell(row.subject, row.new),
  );
  return tr;
}

function draw(data) {
  showWho(data.who);
  const rows = data.items.map(actRow);
  byId("acts").replaceChildren(...(rows.length > 0 ? rows : [noRow(6, "Nothing was done by hand yet.")]));
  showPager("/acts", params, data.next);
  say(`${rows.length} acts, the last one first.`, false);
}

async function start() {
  try {
    const answer = await ask(`/acts.json?${params}`);
    if (answer.ok) {
      draw(await answer.json());
      return;
    }
    byId("acts").replaceChildren(noRow(6, "Nothing is shown."));
    if (answer.status === 403) {
      showLacking("Who did what is shown to keys with the scope admin.");
      say("Not with this key.", false);
    } else {
      say(await problemOf(answer), true);
    }
  } catch {
    say("The service does not answer. Load the page again.", true);
  }
}

start();
