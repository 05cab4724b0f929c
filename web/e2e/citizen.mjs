/** Somebody with a phone: writes to the office's WhatsApp number as Meta would deliver it, signed. */
import { createHmac, randomUUID } from 'node:crypto';

const APP_SECRET = 'demo-app-secret';
/** Meta's ids of the demonstration's numbers. */
export const MEDAN = '106540352242922';
export const BELAWAN = '106540352242923';

let phones = 0;

/** A webhook body around one `value`, as the Cloud API posts it. */
function envelope(line, value) {
  const metadata = { display_phone_number: '628110000110', phone_number_id: line };
  return {
    object: 'whatsapp_business_account',
    entry: [
      {
        id: '102290129340398',
        changes: [
          { field: 'messages', value: { messaging_product: 'whatsapp', metadata, ...value } },
        ],
      },
    ],
  };
}

export class Citizen {
  constructor(server, name = 'Warga Contoh', line = MEDAN) {
    phones += 1;
    this.server = server;
    this.name = name;
    this.line = line;
    this.phone = `62812700${String(10_000 + phones)}`;
  }

  writes(text) {
    return this.#post({ type: 'text', text: { body: text } });
  }

  shares({ lng, lat }) {
    return this.#post({ type: 'location', location: { latitude: lat, longitude: lng } });
  }

  /** Words first, then the pin, as people do. */
  async reports(text, at) {
    await this.writes(text);
    await this.shares(at);
  }

  /** The texts this person has received, oldest first. */
  async received() {
    return (await this.server.sentTo(this.phone)).map((item) => item.text);
  }

  async #post(message) {
    const head = {
      from: this.phone,
      id: `wamid.${randomUUID()}`,
      timestamp: String(Math.floor(Date.now() / 1000)),
    };
    const contacts = [{ profile: { name: this.name }, wa_id: this.phone }];
    const body = JSON.stringify(
      envelope(this.line, { contacts, messages: [{ ...head, ...message }] }),
    );
    const signature = createHmac('sha256', APP_SECRET).update(body).digest('hex');
    const answer = await fetch(`${this.server.url}/v1/channels/whatsapp/webhook`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` },
      body,
    });
    if (!answer.ok) throw new Error(`the webhook answered ${answer.status}`);
  }
}
