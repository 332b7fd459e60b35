// Draws the overview from /overview.json once a second. Everything is set as text, never as markup.
import { byId, cell, fold, noRow, number, say, showWho, timeCell } from "./page.js";

const SECONDS = 120;
const WIDTH = 600;
const HEIGHT = 160;
// The strongest reasons are shown at once, the others on demand.
const REASONS = 3;
const ACCOUNTS = 3;
const DECISIONS = ["allow", "challenge", "block"];
const drawn = new Map();
let failures = 0;

// The counts of the last two minutes, oldest first; a second without attempts is zero.
function timeline(data) {
  const bySecond = new Map(data.seconds.map((second) => [second.at, second]));
  const none = { allow: 0, challenge: 0, block: 0 };
  const first = data.now - SECONDS;
  return Array.from({ length: SECONDS }, (_, i) => bySecond.get(first + i) || none);
}

// A scale that does not jump with every second: the next of 1, 2, 5, 10, 20 ...
function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  return [1, 2, 5, 10].map((step) => step * power).find((top) => top >= value);
}

function drawChart(seconds) {
  const sums = seconds.map((second) => second.allow + second.challenge + second.block);
  const top = roundUp(Math.max(...sums));
  const x = (i) => ((i * WIDTH) / (SECONDS - 1)).toFixed(1);
  const y = (count) => (HEIGHT - (count / top) * HEIGHT).toFixed(1);
  // Blocks lie at the bottom, where they are read best.
  let floor = seconds.map(() => 0);
  for (const decision of ["block", "challenge", "allow"]) {
    const ceiling = seconds.map((second, i) => floor[i] + second[decision]);
    const there = ceiling.map((count, i) => `${x(i)},${y(count)}`);
    const back = floor.map((count, i) => `${x(i)},${y(count)}`).reverse();
    byId(`area-${decision}`).setAttribute("d", `M${there.concat(back).join("L")}Z`);
    floor = ceiling;
  }
  byId("top").textContent = `full height: ${number.format(top)} a second`;
  const recent = seconds.slice(-5);
  const mean = (decision) => recent.reduce((sum, second) => sum + second[decision], 0) / recent.length;
  const rates = DECISIONS.map((decision) => number.format(Math.round(mean(decision))));
  byId("rate-now").textContent =
    `Over the last five seconds: ${rates[0]} allowed, ${rates[1]} challenged, ${rates[2]} blocked a second.`;
}

function foldedCell(items, shown, className) {
  return fold(cell("", className), items, shown);
}

function userCell(user) {
  return cell(user === null ? "no name" : user, user === null ? "user hint" : "user");
}

function blockedRow(row) {
  const tr = document.createElement("tr");
  const address = row.network ? `${row.address} (${row.network})` : row.address;
  tr.append(
    timeCell(row.time),
    userCell(row.user),
    cell(address, "address"),
    cell(row.attack, "attack"),
    cell(row.score, "number"),
    foldedCell(row.reasons, REASONS, "why"),
  );
  return tr;
}

function campaignRow(row) {
  const tr = document.createElement("tr");
  const fell = foldedCell(row.accounts, ACCOUNTS, "fell");
  fell.prepend(number.format(row.fell));
  tr.append(
    timeCell(row.since),
    cell(row.over ? "over" : "going on", row.over ? "state-word hint" : "state-word"),
    cell(row.attack, "attack"),
    cell(number.format(row.attempts), "number"),
    cell(number.format(row.addresses), "number"),
    cell(number.format(row.users), "number"),
    foldedCell(row.shared, REASONS, "shared"),
    fell,
  );
  return tr;
}

function fallenRow(row) {
  const tr = document.createElement("tr");
  const found = (row.later ? "later" : "at once") + (row.campaign ? ", of a campaign" : "");
  tr.append(
    timeCell(row.time),
    userCell(row.user),
    cell(found, "found"),
    cell(row.score, "number"),
    foldedCell(row.reasons, REASONS, "why"),
  );
  return tr;
}

// Fills a table. An unchanged one is left alone, so that a selection or a reader's place in it
// survives.
function drawTable(id, rows, makeRow, columns, nothing) {
  const news = JSON.stringify(rows);
  if (drawn.get(id) === news) return;
  drawn.set(id, news);
  if (rows.length > 0) {
    byId(id).replaceChildren(...rows.map(makeRow));
    return;
  }
  byId(id).replaceChildren(noRow(columns, nothing));
}

function draw(data) {
  const total = data.total;
  byId("total-all").textContent = number.format(total.allow + total.challenge + total.block);
  for (const decision of DECISIONS) {
    byId(`total-${decision}`).textContent = number.format(total[decision]);
  }
  showWho(data.who);
  drawChart(timeline(data));
  drawTable("campaigns", data.campaigns, campaignRow, 8, "No campaign was seen yet.");
  drawTable("fallen", data.fallen, fallenRow, 5, "No account fell yet.");
  drawTable("blocked", data.blocked, blockedRow, 6, "Nothing was blocked yet.");
  const notices = data.waiting.slice();
  if (data.mode === "shadow") {
    notices.push("Shadow mode: decisions are made and shown here, but every answer is allow.");
  }
  const notice = byId("notice");
  notice.textContent = notices.join(" · ");
  notice.hidden = notices.length === 0;
  const seen = total.allow + total.challenge + total.block > 0;
  say(seen ? "Live" : "Connected. Waiting for the first attempt.", false);
}

async function tick() {
  try {
    const answer = await fetch("/overview.json", { cache: "no-store", signal: AbortSignal.timeout(4000) });
    if (answer.status === 401) {
      location.assign("/login");
      return;
    }
    if (answer.status === 404) {
      say("This process does not see the stream: open the page of the detector. Reviewing works here.", false);
      return;
    }
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    draw(await answer.json());
    failures = 0;
  } catch {
    failures += 1;
    say("Connection lost. What is shown may be old; trying again.", true);
  }
  setTimeout(tick, Math.min(1000 * (failures + 1), 5000));
}

tick();
