/* The time as the site has it: a phone's own clock may be wrong by hours. */
let ahead = 0; // milliseconds that the site's clock is ahead of this device's

export const setAhead = (milliseconds) => (ahead = milliseconds);

export const now = () => new Date(Date.now() + ahead);

const two = (number) => String(number).padStart(2, "0");

export const dayOf = (date) =>
  `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;

export const timeOf = (date) => `${two(date.getHours())}:${two(date.getMinutes())}`;
