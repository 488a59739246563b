// Dates as people in France read them, whatever the zone of the server.

export type LocalTime = { date: string; time: string };

const date = new Intl.DateTimeFormat('fr-FR', {
  timeZone: 'Europe/Paris',
  day: '2-digit',
  month: '2-digit',
  year: 'numeric',
});
const time = new Intl.DateTimeFormat('fr-FR', {
  timeZone: 'Europe/Paris',
  hour: '2-digit',
  minute: '2-digit',
});

/** « 01/07/2022 » and « 11:01 », in Europe/Paris. */
export function toParisTime(moment: Date): LocalTime {
  return { date: date.format(moment), time: time.format(moment) };
}
