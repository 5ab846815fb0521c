/** How often somebody may ask a project, by what for. */

/** `sign-in`: what guesses passwords or codes, sends messages to others, or has something kept for whoever asks. */
export type ProjectRate = 'call' | 'socket' | 'sign-in';

export type Rates = Readonly<Record<ProjectRate, number>>;

/** Requests in a minute, of one address to one project; `call` also of one token or key. A network of people may share an address. */
export const defaultRates: Rates = { call: 12_000, socket: 600, 'sign-in': 60 };

/** From the variable RATE_LIMITS, `{"call": 60000}`; 0 turns a limit off. */
export function parseRates(text: string | undefined): Rates {
  if (text === undefined || text === '') return defaultRates;
  const given: unknown = parseJson(text);
  if (typeof given !== 'object' || given === null) return complain(text);
  const rates: Record<ProjectRate, number> = { ...defaultRates };
  for (const [name, value] of Object.entries(given)) {
    if (!isRate(name) || typeof value !== 'number' || !Number.isInteger(value) || value < 0) return complain(text);
    rates[name] = value;
  }
  return rates;
}

/** What a path below `/p/<project>` counts as. */
export function rateOf(method: string, path: string): ProjectRate {
  if (/^(?:\/api)?\/auth\/passkey\/generate-/.test(path)) return 'sign-in';
  if (/^(?:\/api)?\/auth\//.test(path)) return method === 'GET' || method === 'HEAD' ? 'call' : 'sign-in';
  return path === '/realtime' || path.endsWith('/sync') ? 'socket' : 'call';
}

function isRate(name: string): name is ProjectRate {
  return Object.hasOwn(defaultRates, name);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The limits of an installation must not fall away because somebody has mistyped one. */
function complain(text: string): Rates {
  console.error(
    `RATE_LIMITS is ${JSON.stringify(text)}; write {"call": 12000, "socket": 600, "sign-in": 60}, each requests in a minute. The defaults hold.`,
  );
  return defaultRates;
}
