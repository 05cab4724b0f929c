/** A tablet in a car: the network comes and goes, the work does not wait. */
import { Citizen } from '../citizen.mjs';
import { SUNGGAL } from '../places.mjs';
import { eventually, must } from '../wait.mjs';

export default {
  'steps pressed without network are kept, and settled once when it is back': async (stage) => {
    const operator = await stage.operator();
    const crew = await stage.crew('Patko-Sunggal-1');
    await stage.shows(crew, 'idle');
    await new Citizen(stage.server).reports('Pak, motor saya hilang dicuri orang', SUNGGAL);
    await operator.row('Sei Sikambing B').waitFor();
    await operator.takesNext();
    const incident = await operator.makesIncident();
    await operator.assigns(incident).to('Patko-Sunggal-1');
    await crew.accepts();
    await operator.assigned('Patko-Sunggal-1', 'accepted');
    await crew.losesNetwork();
    await crew.sees('tablet-offline');
    await crew.drivesOff();
    await crew.arrives();
    await crew.sees('tablet-unsent', '2');
    await stage.shows(crew, 'offline');
    await operator.assigned('Patko-Sunggal-1', 'accepted');
    await crew.regainsNetwork();
    await crew.settled();
    await operator.assigned('Patko-Sunggal-1', 'on_scene');
    await stage.shows(crew, 'on-scene');
    const { id } = (await stage.server.ask('operator', '/v1/incidents')).items[0];
    const { items } = await stage.server.ask('operator', `/v1/incidents/${id}/timeline`);
    const steps = items.flatMap(({ kind, data }) =>
      kind === 'assignment_stepped' ? data.step : [],
    );
    must(steps.join() === 'accept,en_route,on_scene', `not settled once each: ${steps}`);
  },

  'a tablet started again without network shows its job and its map, and goes on': async (
    stage,
  ) => {
    const operator = await stage.operator();
    const crew = await stage.crew('Patko-Sunggal-1');
    await crew.isInstalled();
    await new Citizen(stage.server).reports('Pak, motor saya hilang dicuri orang', SUNGGAL);
    await operator.row('Sei Sikambing B').waitFor();
    await operator.takesNext();
    const incident = await operator.makesIncident();
    await operator.assigns(incident).to('Patko-Sunggal-1');
    await crew.accepts();
    await operator.assigned('Patko-Sunggal-1', 'accepted');
    await eventually('the job to be kept on the device', () => crew.keeps('accepted'));
    await crew.losesNetwork();
    await crew.page.reload();
    await crew.stage('accepted');
    await crew.sees('tablet-number', incident);
    await crew.sees('tablet-as-of', 'Yang tampil adalah keadaan pukul');
    await crew.page.locator('[data-testid="tablet-map"][data-ready="true"]').waitFor();
    await crew.drivesOff();
    await crew.sees('tablet-unsent', '1');
    await stage.shows(crew, 'again-offline');
    // And once more, with a step that is still to be sent.
    await crew.page.reload();
    await crew.stage('en_route');
    await crew.sees('tablet-unsent', '1');
    await crew.regainsNetwork();
    await crew.settled();
    await operator.assigned('Patko-Sunggal-1', 'en_route');
    await crew.by('tablet-offline').waitFor({ state: 'detached' });
  },
};
