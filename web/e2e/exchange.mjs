/** A telephone exchange: tells of calls as the real one does. */

let calls = 0;

export class Phone {
  constructor(server, caller, at = null) {
    calls += 1;
    this.server = server;
    this.callId = `e2e-${Date.now()}-${calls}`;
    this.more = { caller, line: '110-medan' };
    if (at !== null) Object.assign(this.more, { lng: at.lng, lat: at.lat, accuracy_m: 40 });
  }

  async says(event) {
    const body = { call_id: this.callId, event, at: new Date().toISOString(), ...this.more };
    return this.server.ask('sentral-110', '/v1/channels/call-110/events', {
      method: 'POST',
      body: JSON.stringify(body),
    });
  }
}
