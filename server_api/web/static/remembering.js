/* What this browser remembers of how a person likes to see things. */

const key = (name) => `lockstep-${name}`;

export const remember = (name, value) => localStorage.setItem(key(name), JSON.stringify(value));

export function remembered(name, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(key(name))) ?? otherwise;
  } catch {
    return otherwise;
  }
}
