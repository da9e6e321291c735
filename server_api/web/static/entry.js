/* Sends the forms by which one gets in, so that what was typed stays when something is asked for besides. */

const form = document.querySelector("form");
const problem = document.getElementById("problem");
const code = document.getElementById("code");
const ASKS_CODE = ["second-factor-needed", "wrong-second-factor"];

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    await send();
  } finally {
    button.disabled = false;
  }
});

async function send() {
  let answer;
  try {
    answer = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: { "Lockstep-Browser": "1", Accept: "application/problem+json" },
      redirect: "manual",
    });
  } catch {
    tell("The server cannot be reached. Is this device online?");
    return;
  }
  if (answer.type === "opaqueredirect" || answer.ok) {
    location.replace("/" + location.hash);
    return;
  }
  const refusal = await answer.json().catch(() => ({ title: "Something went wrong on the server." }));
  if (code && ASKS_CODE.includes(refusal.code)) {
    code.hidden = false;
    code.querySelector("input").focus();
    if (refusal.code === "second-factor-needed") {
      problem.hidden = true;
      return;
    }
  }
  tell(refusal.retry_after_s ? `${refusal.title} Try again in ${refusal.retry_after_s} seconds.` : refusal.detail || refusal.title);
}

function tell(sentence) {
  problem.textContent = sentence;
  problem.hidden = false;
}
