/** A passkey without a device (WebAuthn level 3, ES256), which signs whatever it is told to. */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** What a ceremony is about; each can be another than the server asked for. */
export interface Ceremony {
  readonly challenge: string;
  readonly origin?: string;
  readonly domain?: string;
  /** How often the key was used, as it says; 0: it does not count. */
  readonly counter?: number;
  /** Whether it asked who is using it. */
  readonly isVerified?: boolean;
}

const userPresent = 0x01;
const userVerified = 0x04;
const hasCredential = 0x40;

export class SoftwareKey {
  readonly id = randomBytes(16).toString('base64url');
  readonly #pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  /** As `PublicKeyCredential.toJSON` has it. */
  make(ceremony: Ceremony): Readonly<Record<string, unknown>> {
    const id = Buffer.from(this.id, 'base64url');
    const length = Buffer.from([0, id.length]);
    const authData = Buffer.concat([authenticatorData(ceremony, hasCredential), Buffer.alloc(16), length, id, this.#publicKey()]);
    // CBOR of { fmt: 'none', attStmt: {}, authData }.
    const head = Buffer.from('a363666d74646e6f6e656761747453746d74a068617574684461746158', 'hex');
    const attestationObject = Buffer.concat([head, Buffer.from([authData.length]), authData]).toString('base64url');
    const clientDataJSON = clientData('webauthn.create', ceremony).toString('base64url');
    return this.#credential({ attestationObject, clientDataJSON, transports: ['internal'] });
  }

  sign(ceremony: Ceremony): Readonly<Record<string, unknown>> {
    const data = authenticatorData(ceremony, 0);
    const client = clientData('webauthn.get', ceremony);
    const signed = sign('sha256', Buffer.concat([data, createHash('sha256').update(client).digest()]), this.#pair.privateKey);
    return this.#credential({
      authenticatorData: data.toString('base64url'),
      clientDataJSON: client.toString('base64url'),
      signature: signed.toString('base64url'),
    });
  }

  #credential(response: object): Readonly<Record<string, unknown>> {
    return { id: this.id, rawId: this.id, type: 'public-key', clientExtensionResults: {}, response };
  }

  /** CBOR of { 1: 2, 3: -7, -1: 1, -2: x, -3: y }. */
  #publicKey(): Buffer {
    const { x = '', y = '' } = this.#pair.publicKey.export({ format: 'jwk' });
    const [start, middle] = [Buffer.from('a5010203262001215820', 'hex'), Buffer.from('225820', 'hex')];
    return Buffer.concat([start, Buffer.from(x, 'base64url'), middle, Buffer.from(y, 'base64url')]);
  }
}

function authenticatorData({ domain = 'localhost', counter = 0, isVerified = true }: Ceremony, flags: number): Buffer {
  const count = Buffer.alloc(4);
  count.writeUInt32BE(counter);
  const flag = Buffer.from([userPresent | (isVerified ? userVerified : 0) | flags]);
  return Buffer.concat([createHash('sha256').update(domain).digest(), flag, count]);
}

function clientData(type: string, { challenge, origin = 'http://localhost:5173' }: Ceremony): Buffer {
  return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
}
