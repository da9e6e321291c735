/* Requests to this server, and what it refuses. */

/** The server said no; `code` is for the program, the message for the person. */
export class Refused extends Error {
  constructor({ code, title, detail, status, retry_after_s }) {
    super(detail || title);
    this.code = code;
    this.status = status;
    this.retryAfter = retry_after_s;
  }
}

/** No answer came. */
export class Unreachable extends Error {
  constructor() {
    super("The server cannot be reached.");
  }
}

/** The answer, decoded; `null` if it has no body, as of HEAD. Whoever is not signed in any more is led to where one signs in. */
export async function ask(method, path, body, { signal } = {}) {
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers: { "Lockstep-Browser": "1", Accept: "application/json", ...(body && { "Content-Type": "application/json" }) },
      body: body && JSON.stringify(body),
      cache: "no-store",
      redirect: "error",
      signal,
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Unreachable();
  }
  if (answer.ok) return method === "HEAD" || answer.status === 204 || answer.status === 202 ? null : answer.json();
  const problem = await answer.json().catch(() => ({ code: "internal", title: "Something went wrong on the server." }));
  if (["not-signed-in", "session-ended"].includes(problem.code)) location.reload();
  throw new Refused({ ...problem, status: answer.status });
}

export const get = (path, options) => ask("GET", path, undefined, options);
export const post = (path, body, options) => ask("POST", path, body, options);

/** base64 of an id to the hexadecimal digits that queries have. */
export const hexOf = (base64) => Array.from(atob(base64), (letter) => letter.charCodeAt(0).toString(16).padStart(2, "0")).join("");
