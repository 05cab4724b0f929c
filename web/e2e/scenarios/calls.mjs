/** Calls to 110: the ring at every desk, the form by keyboard, and what becomes of those nobody answered. */
import { Citizen } from '../citizen.mjs';
import { Phone } from '../exchange.mjs';
import { BELAWAN_TOWN, SUNGGAL } from '../places.mjs';
import { eventually, must } from '../wait.mjs';

export default {
  'a call rings at two desks, one takes it, types it down by keyboard, and a unit is asked': async (
    stage,
  ) => {
    const [operator, other] = [
      await stage.operator('operator'),
      await stage.operator('supervisor'),
    ];
    const phone = new Phone(stage.server, '081200000001', SUNGGAL);
    await phone.says('ringing');
    for (const desk of [operator, other]) await desk.sees('call-ringing', 'Sei Sikambing B');
    await operator.sees('call-history', '0001');
    await stage.shows(operator, 'rings');
    await operator.press('t');
    await operator.by('call-what').waitFor();
    await other.by('call-ringing').waitFor({ state: 'detached' });
    await phone.says('answered');
    await operator.sees('call-state', 'Tersambung');
    await operator.page.keyboard.type(
      'Ada perkelahian pakai parang di depan warung, dua orang luka',
    );
    await operator.press('Enter');
    const focus = () => operator.page.evaluate(() => document.activeElement?.dataset.field);
    must((await focus()) === 'where', 'Enter goes to the place');
    await operator.page.keyboard.type('Sei Sikambing');
    await operator.by('call-candidate').first().waitFor();
    await stage.shows(operator, 'form');
    await operator.press('Escape');
    // What was typed is on the server: another screen would go on with it.
    await eventually('the notes to be kept', async () => {
      const { items } = await stage.server.ask('operator', '/v1/calls?state=open');
      const { notes } = await stage.server.ask('operator', `/v1/calls/${items[0].id}`);
      return notes.what.startsWith('Ada perkelahian') && notes.where === 'Sei Sikambing';
    });
    await operator.by('call-priority').selectOption({ index: 1 });
    await operator.by('call-category').selectOption('kekerasan');
    await operator.press('Control+Enter');
    await operator.by('report-card').waitFor();
    await operator.reportIs('attached');
    await phone.says('ended');
    await stage.shows(operator, 'filed');
    const { items } = await stage.server.ask('operator', '/v1/reports');
    must(items.length === 1 && items[0].channel === 'call110', 'one report of one call');
  },

  'nobody answers: the ring climbs, the call is kept, and somebody calls back': async (stage) => {
    const operator = await stage.operator();
    const phone = new Phone(stage.server, '+62 812 0000 0002');
    await phone.says('ringing');
    await operator.sees('call-level', 'Polsek');
    await operator.sees('call-level', 'Polres');
    await stage.shows(operator, 'climbed');
    await phone.says('ended');
    await operator.by('call-ringing').waitFor({ state: 'detached' });
    await operator.by('calls-missed').click();
    await operator.by('call-missed').waitFor();
    await stage.shows(operator, 'missed');
    await operator.by('call-called-back').click();
    await operator.by('calls-missed').waitFor({ state: 'detached' });
  },

  'one key points a caller without an emergency to WhatsApp, another closes a prank': async (
    stage,
  ) => {
    const operator = await stage.operator();
    const asks = new Phone(stage.server, '081200000003');
    await asks.says('ringing');
    await operator.by('call-take').click();
    await operator.by('call-what').waitFor();
    await operator.press('F2');
    await operator.by('call-card').waitFor({ state: 'detached' });
    await eventually(
      'the link to arrive',
      async () => (await stage.server.sentTo('6281200000003')).length === 1,
    );
    const [link] = await stage.server.sentTo('6281200000003');
    must(link.text.includes('wa.me'), `no link: ${link.text}`);
    await new Phone(stage.server, '081200000003').says('ringing');
    await operator.by('call-ringing').waitFor();
    await operator.press('t');
    await operator.by('call-what').waitFor();
    await operator.press('F8');
    await operator.by('call-card').waitFor({ state: 'detached' });
    await new Phone(stage.server, '081200000003').says('ringing');
    await operator.sees('call-noise');
    await stage.shows(operator, 'known-prankster');
  },

  'a call from Belawan goes there with everything typed, and a caller is known by what he wrote':
    async (stage) => {
      const operator = await stage.operator();
      const citizen = new Citizen(stage.server);
      await citizen.reports('Pak, motor saya hilang dicuri orang', SUNGGAL);
      await operator.by('report-row').first().waitFor();
      const phone = new Phone(stage.server, `0${citizen.phone.slice(2)}`, BELAWAN_TOWN);
      await phone.says('ringing');
      await operator.by('call-take').click();
      await operator.sees('call-past', 'kejahatan');
      await operator.by('call-elsewhere').waitFor();
      await operator.by('call-what').fill('Ada kebakaran di gudang dekat pelabuhan');
      await stage.shows(operator, 'elsewhere');
      await operator.press('F4');
      await operator.by('call-card').waitFor({ state: 'detached' });
      const belawan = await stage.operator('operator-belawan');
      await eventually('the report to be there', async () => {
        const { items } = await stage.server.ask('operator-belawan', '/v1/reports');
        return items.some(({ channel }) => channel === 'call110');
      });
      await stage.shows(belawan, 'handed');
    },
};
