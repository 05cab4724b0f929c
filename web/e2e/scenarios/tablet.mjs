/** A tablet in a car: the network comes and goes, the work does not wait. */
import { Citizen } from '../citizen.mjs';
import { SUNGGAL } from '../places.mjs';
import { must } from '../wait.mjs';

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
};
