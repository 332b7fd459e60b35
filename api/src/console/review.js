// Draws the sessions to review from /review.json, and sends what a person says about them.
// Everything is set as text, never as markup: names and notes are whatever somebody wrote.
import { ask, byId, fold, instant, number, problemOf, say, showLacking, showPager, showWho } from "./page.js";

// The first few are shown at once, the others on demand.
const REASONS = 4;
const ACCOUNTS = 5;
const params = new URLSearchParams(location.search);
const isReviewed = params.get("reviewed") === "true";
const least = params.get("min_attempts") || "1";
const ofSize = least === "1" ? "" : ` with ${least} or more attempts`;
let mayReview = false;
let isMore = false;

function copyOf(template) {
  return byId(template).content.firstElementChild.cloneNode(true);
}

function titleOf(burst) {
  const network = burst.tried && burst.tried.network;
  const from = network ? `${burst.address} (${network})` : burst.address;
  const tenant = burst.tenant === "default" ? "" : `, tenant ${burst.tenant}`;
  return `${burst.attack} from ${from}${tenant}`;
}

function showTried(part, tried) {
  if (tried === null) {
    part("users").textContent = part("score").textContent = "–";
    part("why").append("Its attempts are no longer stored.");
    part("accounts").hidden = true;
    return;
  }
  const count = number.format(tried.users.length);
  part("users").textContent = tried.more ? `${count} or more` : count;
  part("more").hidden = !tried.more;
  part("more").textContent = `Users, score and reasons are those of its latest ${number.format(tried.looked_at)} attempts.`;
  part("score").textContent = tried.score;
  fold(part("why"), tried.reasons, REASONS);
  fold(part("accounts"), tried.users, ACCOUNTS);
  if (tried.users.length === 0) part("accounts").append("None was named.");
  part("entered").hidden = tried.entered.length === 0;
  fold(part("entered"), tried.entered, ACCOUNTS);
}

function showSaid(part, review) {
  part("said").hidden = review === null;
  part("note").hidden = review === null || review.note === "";
  if (review === null) return;
  part("said").textContent = `${review.author} said at ${instant(review.at)} (UTC): ${review.verdict}.`;
  part("note").textContent = review.note;
}

function cardOf(burst) {
  const card = copyOf("card");
  const part = (name) => card.querySelector(`[data-part="${name}"]`);
  part("title").textContent = titleOf(burst);
  part("first").textContent = instant(burst.first);
  part("last").textContent = instant(burst.last);
  const count = [burst.attempts, burst.challenged, burst.blocked].map((n) => number.format(n));
  part("attempts").textContent = `${count[0]} (${count[1]} challenged, ${count[2]} blocked)`;
  showTried(part, burst.tried);
  showSaid(part, burst.review);
  if (!mayReview) return card;
  const form = formOf(burst, card);
  if (burst.review === null) {
    part("place").append(form);
    return card;
  }
  // A changed mind is said over what was said before.
  const change = document.createElement("details");
  change.className = "change";
  const summary = document.createElement("summary");
  summary.textContent = "Say something else";
  change.append(summary, form);
  part("place").append(change);
  return card;
}

function formOf(burst, card) {
  const form = copyOf("form");
  form.setAttribute("aria-label", `Review: ${titleOf(burst)}`);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(burst, card, form);
  });
  return form;
}

async function send(burst, card, form) {
  const [button, problem] = ["button", ".problem"].map((of) => form.querySelector(of));
  const given = new FormData(form);
  const review = { verdict: given.get("verdict"), note: given.get("note"), version: burst.version };
  button.disabled = true;
  problem.textContent = "";
  try {
    const answer = await ask(`/review/${burst.id}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(review),
    });
    if (!answer.ok && answer.status !== 409) {
      problem.textContent = await problemOf(answer);
      return;
    }
    await showOutcome(burst, card, answer.ok);
  } catch {
    problem.textContent = "The service did not answer. Whether this was saved shows when the page is loaded again.";
  } finally {
    button.disabled = false;
  }
}

// Shows a session as it is now; answers the line that tells what was said.
function replace(card, burst) {
  const fresh = cardOf(burst);
  card.replaceWith(fresh);
  fresh.querySelector("h3").focus();
  return fresh.querySelector(".said");
}

// What stands there now: what was just saved, or what somebody else said first.
async function showOutcome(burst, card, isSaved) {
  const answer = await ask(`/review/${burst.id}`);
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  const now = (await answer.json()).burst;
  const { author, verdict } = now.review;
  if (!isSaved) {
    const outcome = `Not saved: ${author} was first, and said: ${verdict}.`;
    replace(card, now).prepend("Not saved, somebody was first. ");
    say(outcome, true);
    return;
  }
  say(`Saved: ${titleOf(burst)} was ${verdict}.`, false);
  if (isReviewed || params.has("session")) {
    replace(card, now);
    return;
  }
  const next = card.nextElementSibling || card.previousElementSibling;
  card.remove();
  if (next) {
    next.querySelector("h3").focus();
    return;
  }
  byId("title").focus();
  if (isMore) location.reload();
  else showNone();
}

function showNone() {
  const none = document.createElement("p");
  none.className = "hint";
  none.textContent = isReviewed ? `No session${ofSize} was reviewed yet.` : `No session${ofSize} waits for a review.`;
  byId("sessions").replaceChildren(none);
}

function sayHowMany(count) {
  const what = isReviewed ? "reviewed" : "waiting";
  const whole = isMore || params.has("cursor") ? "on this page" : "in all";
  say(`${number.format(count)} ${what}${ofSize}, ${whole}.`, false);
}

function draw(data) {
  mayReview = data.may_review;
  showWho(data.who);
  if (!mayReview) showLacking("You may look, but not review: that takes a key with the scope admin, so that a review has a name.");
  const bursts = params.has("session") ? [data.burst] : data.items;
  isMore = Boolean(data.next);
  if (bursts.length > 0) byId("sessions").replaceChildren(...bursts.map(cardOf));
  else showNone();
  if (params.has("session")) {
    say("One session.", false);
    return;
  }
  byId(isReviewed ? "reviewed" : "waiting").setAttribute("aria-current", "page");
  showPager("/review", params, data.next);
  sayHowMany(bursts.length);
}

// The size that was asked for; it stays when one goes from those that wait to those reviewed.
function showSize() {
  const size = byId("size");
  size.value = least;
  // Another one than those on offer, of whoever wrote the address by hand.
  if (size.selectedIndex < 0) size.add(new Option(`${least} or more`, least, true, true));
  byId("kept").value = isReviewed;
  byId("sizes").hidden = false;
  for (const [link, reviewed] of [["waiting", false], ["reviewed", true]]) {
    byId(link).href = `/review?${new URLSearchParams({ reviewed, min_attempts: least })}`;
  }
}

async function load() {
  try {
    const one = params.get("session");
    const answer = await ask(one === null ? `/review.json?${params}` : `/review/${encodeURIComponent(one)}`);
    if (answer.ok) draw(await answer.json());
    else say(await problemOf(answer), true);
  } catch {
    say("The service does not answer. Load the page again.", true);
  }
}

if (!params.has("session")) showSize();
load();
